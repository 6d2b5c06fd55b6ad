"""What the console shows of the demo shop: its credentials, which are public."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    """The credentials of the demo shop. They move simulated money only."""

    login: str
    api_login: str
    password: str
    token: str
    callback_key: str
    account_login: str
