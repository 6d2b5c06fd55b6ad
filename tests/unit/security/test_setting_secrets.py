"""Secret settings are encrypted for one merchant and one setting."""

from uuid import UUID

from altyn.security.result_addresses import ResultAddresses
from altyn.security.setting_secrets import SettingSecrets

KEY, OTHER = b"k" * 32, b"o" * 32
ORDER = UUID("0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc")


def test_value_is_read_by_its_own_merchant_and_setting_only() -> None:
    secrets = SettingSecrets(KEY)
    stored = secrets.encrypt(1, "fiscal.password", "пароль")
    assert "пароль" not in stored
    assert secrets.reveal(1, "fiscal.password", stored) == "пароль"
    assert secrets.reveal(2, "fiscal.password", stored) is None
    assert secrets.reveal(1, "callbacks.key", stored) is None
    assert SettingSecrets(OTHER).reveal(1, "fiscal.password", stored) is None
    assert secrets.reveal(1, "fiscal.password", "in clear") is None
    assert stored != secrets.encrypt(1, "fiscal.password", "пароль")


def test_address_of_a_result_is_ours_for_its_receipt_only() -> None:
    addresses = ResultAddresses("https://pay.example/r", KEY)
    address = addresses.address(1, ORDER, 3)
    assert address is not None
    proof = address.rpartition("/")[2]
    assert address == f"https://pay.example/r/1/{ORDER}/3/{proof}"
    assert addresses.is_ours(1, ORDER, 3, proof)
    assert not addresses.is_ours(1, ORDER, 4, proof)
    assert not addresses.is_ours(2, ORDER, 3, proof)
    assert not addresses.is_ours(1, ORDER, 3, "ю")
    assert not ResultAddresses(None, OTHER).is_ours(1, ORDER, 3, proof)


def test_gateway_without_a_public_address_has_no_addresses() -> None:
    assert ResultAddresses(None, KEY).address(1, ORDER, 3) is None
