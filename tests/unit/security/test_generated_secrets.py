"""Generated passwords and tokens have the protocol's form AN..30, so that plugins take them."""

import re
from collections.abc import Callable

import pytest

from altyn.domain.credentials import PASSWORD_LENGTH_MIN
from altyn.security.generated_secrets import new_password, new_token


@pytest.mark.parametrize(("make", "length"), [(new_password, 22), (new_token, 30)])
def test_generated_secrets_are_letters_and_digits_up_to_30(
    make: Callable[[], str], length: int
) -> None:
    secrets = {make() for _ in range(200)}
    assert len(secrets) == 200
    assert all(re.fullmatch(f"[A-Za-z0-9]{{{length}}}", secret) for secret in secrets)
    assert PASSWORD_LENGTH_MIN <= length <= 30
