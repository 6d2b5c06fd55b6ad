"""The form of the shop's logo: an address, or a picture that is uploaded and stored in the setting.

Source: payment-page.md §7.
"""

import base64
from dataclasses import dataclass
from typing import Final

from altyn.inbound.personal_account.access import AccountRequest
from altyn.operations.staff.page_rules import is_logo

KINDS: Final = ("png", "jpeg", "webp")


@dataclass(frozen=True, slots=True)
class LogoForm:
    """What was sent: `uploaded` is None without a file, `address` what was typed."""

    address: str
    uploaded: bytes | None
    wants_file: bool

    @classmethod
    def of(cls, asked: AccountRequest) -> "LogoForm":
        """The form of a request."""
        how = asked.form.get("how", "")
        address = "" if how == "remove" else asked.form.get("page_logo", "").strip()
        return cls(address, asked.files.get("file"), how == "file")

    @property
    def value(self) -> str:
        """The setting: an address, or a picture in a data address."""
        return self._data() or "" if self.wants_file else self.address

    @property
    def problem(self) -> str | None:
        """The key of the text that says why nothing can be saved."""
        if self.wants_file and not self.uploaded:
            return "logo_no_file"
        return "logo_wrong" if self.wants_file and self._data() is None else None

    def _data(self) -> str | None:
        text = base64.b64encode(self.uploaded or b"").decode()
        addresses = (f"data:image/{kind};base64,{text}" for kind in KINDS)
        return next((each for each in addresses if is_logo(each)), None)
