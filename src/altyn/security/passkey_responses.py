"""Options and responses of passkeys, by the library webauthn: the `PasskeyResponses` port.

No attestation is asked for: which make of authenticator a user has is not checked. The count of
signatures is compared by the store, after the signature was found right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from altyn.domain.account.passkeys import (
    CHALLENGE_TIME,
    NewCredential,
    PasskeyResponseError,
    PasskeySite,
)

TIMEOUT_MILLISECONDS: Final = int(CHALLENGE_TIME.total_seconds()) * 1000
CREDENTIAL_ID_BYTES_MAX: Final = 1023
"""WebAuthn's own bound."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LibraryResponses:
    """`name` is what the browser shows the user as the site's name."""

    name: str

    def creation_options(
        self,
        site: PasskeySite,
        challenge: bytes,
        *,
        login: str,
        user_handle: str,
        existing: Sequence[bytes],
    ) -> str:
        """Options to create a passkey that is found without a login; as JSON."""
        return options_to_json(
            generate_registration_options(
                rp_id=site.rp_id,
                rp_name=self.name,
                user_name=login,
                user_id=user_handle.encode(),
                challenge=challenge,
                timeout=TIMEOUT_MILLISECONDS,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in existing],
            )
        )

    def request_options(self, site: PasskeySite, challenge: bytes) -> str:
        """Options to log in with any passkey of the site; as JSON."""
        return options_to_json(
            generate_authentication_options(
                rp_id=site.rp_id,
                challenge=challenge,
                timeout=TIMEOUT_MILLISECONDS,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def created(self, response: str, site: PasskeySite, challenge: bytes) -> NewCredential:
        """The credential of a response. Raises PasskeyResponseError."""
        checked = _checked(
            lambda: verify_registration_response(
                credential=response,
                expected_challenge=challenge,
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        )
        if not 0 < len(checked.credential_id) <= CREDENTIAL_ID_BYTES_MAX:
            raise PasskeyResponseError("the credential's id has a wrong length")
        return NewCredential(
            credential_id=checked.credential_id,
            public_key=checked.credential_public_key,
            sign_count=checked.sign_count,
        )

    def named(self, response: str) -> tuple[str, bytes]:
        """User handle and credential that a response names. Raises PasskeyResponseError."""
        found = _checked(lambda: parse_authentication_credential_json(response))
        handle = found.response.user_handle or b""
        if not handle.isascii():
            raise PasskeyResponseError("the user handle is not one of ours")
        return handle.decode(), found.raw_id

    def sign_count(
        self, response: str, site: PasskeySite, challenge: bytes, public_key: bytes
    ) -> int:
        """The count of a response whose signature is right. Raises PasskeyResponseError."""
        return _checked(
            lambda: verify_authentication_response(
                credential=response,
                expected_challenge=challenge,
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                credential_public_key=public_key,
                # The library compares counts before it checks the signature.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        ).new_sign_count


def _checked(check: Callable[[], Result]) -> Result:
    try:
        return check()
    except WebAuthnException as error:
        raise PasskeyResponseError(str(error)) from None
    except Exception as error:  # noqa: BLE001 - hostile bytes reach parsers, which raise anything
        raise PasskeyResponseError(f"malformed: {type(error).__name__}") from None
