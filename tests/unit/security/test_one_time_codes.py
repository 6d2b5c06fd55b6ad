"""One-time codes are those of RFC 6238, good for one step around the time, and once."""

import base64
from datetime import UTC, datetime

import pytest

from altyn.security.one_time_codes import code_address, matching_step, new_code_secret

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),  # RFC 6238, appendix B, the last six digits
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(SECRET, code, now, after=0) == seconds // 30
    assert matching_step(SECRET, f"{code[:3]} {code[3:]}", now, after=0) == seconds // 30


@pytest.mark.parametrize(("late", "found"), [(-30, True), (59, True), (60, False), (-31, False)])
def test_code_is_good_for_one_step_around_the_time(late: int, *, found: bool) -> None:
    now = datetime.fromtimestamp(1234567890 + late, UTC)
    assert (matching_step(SECRET, "005924", now, after=0) is not None) is found


def test_used_code_and_text_that_is_no_code_are_refused() -> None:
    now = datetime.fromtimestamp(1234567890, UTC)
    step = matching_step(SECRET, "005924", now, after=0)
    assert step is not None
    assert matching_step(SECRET, "005924", now, after=step) is None
    for text in ("", "005925", "5924", "００５９２４", "\ud800", "0" * 1000):
        assert matching_step(SECRET, text, now, after=0) is None


def test_secret_is_new_and_its_address_names_the_user() -> None:
    assert new_code_secret() != new_code_secret()
    address = code_address("ABC", "shop-owner", "Altyn")
    assert address == "otpauth://totp/Altyn%3Ashop-owner?secret=ABC&issuer=Altyn&digits=6"
