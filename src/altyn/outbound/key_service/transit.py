"""The port `KeyService` over the transit engine of HashiCorp Vault (and of OpenBao).

It is asked when a key file is read or written, from a thread or a command, so it waits for the
answer. It follows no redirect and uses no proxy: the token goes to the named server only.
Source: docs/how-to/key-service.md.
"""

import base64
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

import msgspec

from altyn.domain.key_service import KEY_BYTES, KeyServiceError, TransitServer

_ANSWER_BYTES_MAX: Final = 65_536
_ERRORS_SHOWN: Final = 200
_OK: Final = 200
_REMEDIES: Final[Mapping[int, str]] = {
    307: "This server is a standby. Name the active server in ALTYN_TRANSIT_URL, or let the "
    "standby forward requests.",
    400: "Check ALTYN_TRANSIT_KEY, and that the version of the key that wrapped the file is not "
    "below min_decryption_version.",
    403: "The token is wrong, expired, or its policy does not allow `update` here. Put a valid "
    "token into ALTYN_TRANSIT_TOKEN_FILE or ALTYN_TRANSIT_TOKEN.",
    404: "Check ALTYN_TRANSIT_MOUNT, ALTYN_TRANSIT_NAMESPACE and that the transit engine is on.",
    429: "The server limits requests, or is a standby. Try again later.",
    503: "The server is sealed or under maintenance. Unseal it, then try again.",
}
_OTHER: Final = "Look into the log of the server."


class _Data(msgspec.Struct):
    ciphertext: str = ""
    plaintext: str = ""


class _Answer(msgspec.Struct):
    data: _Data


class _Errors(msgspec.Struct):
    errors: list[str] = []


class Transit:
    """Implements `KeyService`. The key of the service does not leave the server."""

    def __init__(self, server: TransitServer) -> None:
        self._server = server
        self._parts = urlsplit(server.url)
        self.name = f"transit key {server.mount}/{server.key}"

    def wrap(self, key: bytes) -> str:
        """The key, encrypted by the newest version of the transit key: `vault:v1:…`."""
        answer = self._ask("encrypt", {"plaintext": base64.b64encode(key).decode()})
        if not answer.ciphertext:
            raise self._failed("the answer has no ciphertext", _OTHER)
        return answer.ciphertext

    def unwrap(self, wrapped: str) -> bytes:
        """The key; the wrapped text names the version of the transit key."""
        answer = self._ask("decrypt", {"ciphertext": wrapped})
        try:
            key = base64.b64decode(answer.plaintext, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise self._failed("the answer has no key", _OTHER)
        return key

    def _ask(self, action: str, members: dict[str, str]) -> _Data:
        """Post to the transit engine. Raises KeyServiceError, without a key or the token."""
        path = f"{self._parts.path.rstrip('/')}/v1/{self._server.mount}/{action}/{self._server.key}"
        try:
            status, body = self._post(path, msgspec.json.encode(members))
        except TimeoutError:
            seconds = f"{self._server.timeout_seconds:g}"
            raise self._failed(
                f"no answer within {seconds} s", "Check the server, or raise ALTYN_TRANSIT_TIMEOUT."
            ) from None
        except ssl.SSLError as error:
            raise self._failed(
                f"TLS fails ({error.reason or type(error).__name__})",
                "Name the certificate of your authority in ALTYN_TRANSIT_CA_FILE.",
            ) from None
        except (OSError, HTTPException) as error:
            what = getattr(error, "strerror", None) or type(error).__name__
            raise self._failed(what, "Check ALTYN_TRANSIT_URL and the network.") from None
        if status != _OK:
            raise self._failed(f"HTTP {status}{_reason(body)}", _REMEDIES.get(status, _OTHER))
        try:
            return msgspec.json.decode(body, type=_Answer).data
        except (msgspec.DecodeError, UnicodeDecodeError):
            what = "the answer is not that of a transit engine"
            raise self._failed(what, "Check ALTYN_TRANSIT_URL.") from None

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.request("POST", path, body, self._headers())
            answer = connection.getresponse()
            return answer.status, answer.read(_ANSWER_BYTES_MAX)
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        timeout = self._server.timeout_seconds
        if self._parts.scheme == "http":
            return HTTPConnection(host, port or 80, timeout=timeout)
        context = ssl.create_default_context(cafile=self._server.ca_file)
        return HTTPSConnection(host, port or 443, timeout=timeout, context=context)

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "X-Vault-Request": "true",
            "X-Vault-Token": self._token(),
        }
        if self._server.namespace is not None:
            headers["X-Vault-Namespace"] = self._server.namespace
        return headers

    def _token(self) -> str:
        """The token. Its file is read for each request, since an agent renews it there."""
        if self._server.token_file is None:
            return self._server.token or ""
        try:
            token = self._server.token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            what = getattr(error, "strerror", None) or "it is not a token"
            text = f"{self._server.token_file}: the token cannot be read ({what})"
            remedy = "Write the token into this file, or name another in ALTYN_TRANSIT_TOKEN_FILE."
            raise KeyServiceError(f"{text}. {remedy}") from None
        if not token or not token.isprintable() or " " in token:
            raise KeyServiceError(
                f"{self._server.token_file} has no token. Write the token of Altyn into it, alone."
            )
        return token

    def _failed(self, what: str, remedy: str) -> KeyServiceError:
        server = f"{self._parts.scheme}://{self._parts.netloc}"
        return KeyServiceError(f"{server}, {self.name}: {what}. {remedy}")


def _reason(body: bytes) -> str:
    """What the server says, shortened; its errors quote neither keys nor tokens."""
    try:
        errors = msgspec.json.decode(body, type=_Errors).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    text = "; ".join(errors)[:_ERRORS_SHOWN].strip()
    return f" ({text})" if text else ""
