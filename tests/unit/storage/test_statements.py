"""Array parameters of statements that PostgreSQL plans once."""

import pytest

from altyn.storage.statements import key_array


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], []),
        ([7, 7], [7] * 10),
        ([3, 1, 3, 2], [3, 1] + [2] * 8),
        (list(range(12)), list(range(12))),
    ],
)
def test_keys_of_a_batch_are_distinct_and_at_least_ten(
    keys: list[int], expected: list[int]
) -> None:
    assert key_array(keys) == expected
