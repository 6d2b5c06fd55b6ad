"""What is wrong with a login that does not open the API, for the rule that a developer reads.

The refusal is the same for every wrong login. Only its rule, in the log and in the sandbox's
header, says which kind of user the login looks like, and which one to use.
Source: rest-orders.md §1.2 (API logins end in -api, those of the personal account in -operator).
"""

from typing import Final

from altyn.domain.credentials import is_login
from altyn.operations.ports import Merchants

API_ENDING: Final = "-api"
PORTAL_ENDING: Final = "-operator"


async def wrong_login_hint(login: str, merchants: Merchants) -> str:
    """Which kind of login this is and which one to use; empty where the login gives no hint."""
    if not is_login(login) or login.endswith(API_ENDING):
        return ""
    if login.lower().endswith(API_ENDING):
        return f"upper and lower case differ in logins: is it {login.lower()}?"
    if login.endswith(PORTAL_ENDING):
        shop = login.removesuffix(PORTAL_ENDING)
        return f"{login} is a user of the personal account: the API takes {shop}{API_ENDING}"
    if await merchants.by_login(login) is not None:
        return f"{login} is the login of the shop itself: the API takes {login}{API_ENDING}"
    return f"logins of the API end in {API_ENDING}: is it {login}{API_ENDING}?"
