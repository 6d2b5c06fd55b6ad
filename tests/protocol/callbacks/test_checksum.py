"""The checksum of callbacks: the published examples, and what must hold for any parameters."""

from collections.abc import Mapping
from functools import cache
from random import Random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from altyn.protocol.dialects.classic.callbacks.checksum import (
    UNSIGNED,
    asymmetric,
    canonical,
    symmetric,
)
from tests.checksum_check import is_asymmetric, is_symmetric

KEY = "sb-test-key-0001"
ORDER = {"mdOrder": "5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a", "orderNumber": "ORD-1001"}
ORDER_SIGNED = "mdOrder;5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a;operation;"

# name, key, parameters, signed text, checksum (callbacks.md §6.5)
VECTORS = (
    (
        "P",
        "ooc7slpvc61k7sf7ma7p4hrefr",
        {
            "orderNumber": "2003",
            "mdOrder": "06cf5599-3f17-7c86-bdbc-bd7d00a8b38b",
            "operation": "approved",
            "status": "1",
        },
        "mdOrder;06cf5599-3f17-7c86-bdbc-bd7d00a8b38b;operation;approved;orderNumber;2003;status;1;",
        "EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972",
    ),
    (
        "V1",
        KEY,
        {**ORDER, "operation": "deposited", "status": "1"},
        f"{ORDER_SIGNED}deposited;orderNumber;ORD-1001;status;1;",
        "0AE2D50259F541C34C81C39373911CA119658B73B3DB5BD488FAC93D2D7306A7",
    ),
    (
        "V2",
        KEY,
        {**ORDER, "operation": "approved", "status": "0"},
        f"{ORDER_SIGNED}approved;orderNumber;ORD-1001;status;0;",
        "CD15C54A6553E328C8424BDAE28D394F727B4EBE12340C1A5CAFFBCF10684DE2",
    ),
    (
        "V3",
        KEY,
        {
            **ORDER,
            "operationRefundedAmount": "50000",
            "operation": "refunded",
            "amount": "150000",
            "status": "1",
        },
        (
            f"amount;150000;{ORDER_SIGNED}refunded;operationRefundedAmount;50000;"
            "orderNumber;ORD-1001;status;1;"
        ),
        "F2F83123FDF898D6735E33B1B1EC0FF3302D4C15CDF4CDD89EFAD3ED2D643C96",
    ),
    (
        "V4",
        "ключ-№1",
        {
            "mdOrder": "c0ffee00-0000-7000-8000-000000000001",
            "operation": "reversed",
            "orderNumber": "Заказ №7",
            "status": "1",
        },
        (
            "mdOrder;c0ffee00-0000-7000-8000-000000000001;operation;reversed;orderNumber;Заказ №7;"
            "status;1;"
        ),
        "D920212DDBFDA52A8B62C6340A53CACCF7BC4208A16E4E4308BB3233429108E5",
    ),
    (
        "V5",
        KEY,
        {
            "bindingId": "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f",
            "callbackCreationDate": "Mon Jan 31 21:46:52 UTC 2022",
            "clientId": "client;42",
            "enabled": "false",
            "operation": "bindingActivityChanged",
            "panMasked": "",
        },
        (
            "bindingId;9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f;"
            "callbackCreationDate;Mon Jan 31 21:46:52 UTC 2022;clientId;client;42;enabled;false;"
            "operation;bindingActivityChanged;panMasked;;"
        ),
        "DD9633D3C44369718AE2FA0ED9594098AD6139CDE2E22E623676F5ADD49892DC",
    ),
    (
        "V6",
        KEY,
        {
            **ORDER,
            "operation": "declinedByTimeout",
            "status": "0",
            "sign_alias": "SHA-256 with RSA",
        },
        f"{ORDER_SIGNED}declinedByTimeout;orderNumber;ORD-1001;status;0;",
        "389FCB9C49866A1A6A64DAE423BE146F5A0458FDCDD8CF0569753603F8C6D210",
    ),
)

SAMPLE_SIGNED = (
    "amount;35000099;mdOrder;12b59da8-f68f-7c8d-12b5-9da8000826ea;operation;deposited;status;1;"
)
SAMPLE_CHECKSUM = (
    "163BD9FAE437B5DCDAAC4EB5ECEE5E533DAC7BD2C8947B0719F7A8BD17C101EBDBEACDB295C10BF041E903AF3FF1E610"
    "1FF7DB9BD024C6272912D86382090D5A7614E174DC034EBBB541435C80869CEED1F1E1710B71D6EE7F52AE354505A83A"
    "1E279FBA02572DC4661C1D75ABF5A7130B70306CAFA69DABC2F6200A698198F8"
)
SAMPLE_KEY = b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCTYMYLVkRXvM4RehRNQvLNbf3Z
5wvKszTfrrlDkN4QcdQhykExLWRU4gmzSzDZIFrSfwkQQYhV0G8s2tPyrOxUYEg+
dqhWFFdOc0Yyy6BMsxuiwH4oScExD3XTcQTbwsanQXlXQ04RvNcwtA4gITHksL3D
wrXo2gw0hGHEASy4QwIDAQAB
-----END PUBLIC KEY-----"""

names = st.text(min_size=1, max_size=12)
parameters = st.dictionaries(names, st.text(max_size=20), max_size=8)
keys = st.text(max_size=40)


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sample_key() -> rsa.RSAPublicKey:
    key = load_pem_public_key(SAMPLE_KEY)
    assert isinstance(key, rsa.RSAPublicKey)
    return key


@pytest.mark.parametrize(
    ("key", "sent", "signed", "checksum"), [row[1:] for row in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_the_examples_of_the_reference(
    key: str, sent: Mapping[str, str], signed: str, checksum: str
) -> None:
    assert canonical({**sent, "checksum": checksum}) == signed
    assert symmetric(key, signed) == checksum
    assert is_symmetric(key, signed, checksum)


@pytest.mark.parametrize("key", [row[1] for row in VECTORS], ids=[row[0] for row in VECTORS])
def test_lower_case_is_another_checksum(key: str) -> None:
    assert not is_symmetric(key, "a;b;", symmetric(key, "a;b;").lower())


def test_asymmetric_example_is_verified_and_no_other_signature() -> None:
    assert is_asymmetric(sample_key(), SAMPLE_SIGNED, SAMPLE_CHECKSUM)
    assert not is_asymmetric(sample_key(), SAMPLE_SIGNED, SAMPLE_CHECKSUM.lower())
    assert not is_asymmetric(sample_key(), SAMPLE_SIGNED[:-1], SAMPLE_CHECKSUM)
    assert not is_asymmetric(private_key().public_key(), SAMPLE_SIGNED, SAMPLE_CHECKSUM)
    assert not is_asymmetric(sample_key(), SAMPLE_SIGNED, "no hex")


def test_the_asymmetric_example_is_not_sha_256() -> None:
    with pytest.raises(InvalidSignature):
        sample_key().verify(
            bytes.fromhex(SAMPLE_CHECKSUM),
            SAMPLE_SIGNED.encode(),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )


def test_a_signature_made_with_sha_256_is_refused() -> None:
    made = private_key().sign(b"a;b;", padding.PKCS1v15(), hashes.SHA256()).hex().upper()

    assert not is_asymmetric(private_key().public_key(), "a;b;", made)


def test_what_the_private_key_signs_fits_the_public_one() -> None:
    checksum = asymmetric(private_key(), "mdOrder;Заказ №7;")

    assert len(checksum) == 512
    assert checksum == checksum.upper()
    assert is_asymmetric(private_key().public_key(), "mdOrder;Заказ №7;", checksum)


def test_names_are_sorted_by_bytes() -> None:
    # UTF-16, which some languages sort by, would put the last name before the one above it.
    sent = dict.fromkeys(("\U0001f600", "\uffee", "я", "b", "a", "B", "_"), "")

    assert canonical(sent) == "B;;_;;a;;b;;я;;\uffee;;\U0001f600;;"


@given(parameters, st.randoms())
def test_the_order_of_arrival_never_matters(sent: dict[str, str], random: Random) -> None:
    mixed = list(sent.items())
    random.shuffle(mixed)
    assert canonical(dict(mixed)) == canonical(sent)


@given(parameters, st.text(), st.text())
def test_parameters_of_the_signature_are_not_signed(
    sent: dict[str, str], checksum: str, alias: str
) -> None:
    assert canonical({**sent, "checksum": checksum, "sign_alias": alias}) == canonical(
        {name: value for name, value in sent.items() if name not in UNSIGNED}
    )


@given(keys, parameters, st.data())
def test_any_changed_value_changes_the_checksum(
    key: str, sent: dict[str, str], data: st.DataObject
) -> None:
    name = data.draw(names.filter(lambda name: name not in UNSIGNED))
    before, after = data.draw(st.lists(st.text(), min_size=2, max_size=2, unique=True))
    checksum = symmetric(key, canonical({**sent, name: before}))

    assert is_symmetric(key, canonical({**sent, name: before}), checksum)
    assert not is_symmetric(key, canonical({**sent, name: after}), checksum)


@given(keys, keys, parameters)
def test_another_key_makes_another_checksum(one: str, other: str, sent: dict[str, str]) -> None:
    same = one.rstrip("\0") == other.rstrip("\0")  # HMAC fills a key up with zeros
    signed = canonical(sent)

    assert is_symmetric(other, signed, symmetric(one, signed)) is same


@given(keys, st.text(), st.text())
def test_any_other_text_is_not_the_checksum(key: str, signed: str, checksum: str) -> None:
    assert is_symmetric(key, signed, checksum) is (checksum == symmetric(key, signed))
