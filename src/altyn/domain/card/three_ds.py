"""What 3-D Secure answered about one attempt to pay with a card."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeDSData:
    """Answers of the directory server and the ACS. Field names follow the EMV and Visa messages."""

    version: str = ""
    ve_res: str | None = None
    pa_res: str | None = None
    a_res: str | None = None
    r_req: str | None = None
    eci: int | None = None
    cavv: str | None = None
    xid: str | None = None
    server_trans_id: str | None = None
    acs_trans_id: str | None = None
    acs_url: str | None = None
    finish_url: str | None = None
