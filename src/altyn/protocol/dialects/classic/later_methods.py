"""Methods of the family that this gateway knows and does not serve yet, each with what it is about.

Their answer is a refusal that says so; a method that gets served loses its line here.
Source: rest-orders.md §4.5, §5.3, §6 to §8, §11; sbp-qr.md §1; fiscal.md.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from altyn.protocol.dialect import UnservedMethod
from altyn.protocol.dialects.classic.envelopes import PLAIN, WALLET
from altyn.protocol.error_code import ErrorCode

ERROR_CODE: Final = 5
_REST: Final = "/payment/rest/"
_CARD_LISTS: Final = ("списки карт", "lists of cards")
_OTHER_WAYS: Final = ("другие способы оплаты", "other ways to pay")
_FASTER_PAYMENTS: Final = ("СБП", "the faster payments system (SBP)")
_WALLETS: Final = ("кошельки", "wallets")
_ENCRYPTED_CARDS: Final = ("зашифрованные данные карты", "encrypted card data")

# prefix → paths, with spaces between, by what they are about
_PATHS: Final[Mapping[str, Mapping[tuple[str, str], str]]] = {
    _REST: {
        _CARD_LISTS: "updateSSLCardList.do updateBlackCardList.do updateWhiteCardList.do",
        _OTHER_WAYS: "paymentSberPay.do payment.do",
        _FASTER_PAYMENTS: "sbp/c2b/qr/dynamic/get.do sbp/c2b/qr/status.do "
        "sbp/c2b/qr/dynamic/status.do sbp/c2b/qr/dynamic/reject.do sbp/c2b/getBindings.do "
        "sbp/c2b/unBind.do sbp/c2b/getBankListSBP.do sbp/c2b/bio/getUrl.do "
        "sbp/b2b/qr/dynamic/get.do sbp/b2b/getPayload.do sbp/b2b/perform.do "
        "templates/createTemplate.do templates/getTemplateDetails.do templates/updateTemplate.do "
        "templates/create.do templates/get.do templates/update.do templates/getList.do",
    },
    "/payment/": {
        _WALLETS: "applepay/payment.do applepay/paymentDirect.do google/payment.do "
        "google/paymentDirect.do samsung/payment.do samsung/paymentDirect.do samsungWeb/payment.do "
        "mir/payment.do mir/paymentDirect.do yandex/payment.do",
        _ENCRYPTED_CARDS: "se/keys.do",
    },
}
_WITH_SUCCESS: Final = frozenset({_WALLETS})


def _methods() -> Iterator[UnservedMethod]:
    for prefix, by_subject in _PATHS.items():
        for subject, paths in by_subject.items():
            envelope = WALLET if subject in _WITH_SUCCESS else PLAIN
            for name in paths.split():
                error = _error(name, *subject)
                yield UnservedMethod(name, f"{prefix}{name}", error, envelope)


def _error(name: str, ru: str, en: str) -> ErrorCode:
    return ErrorCode(
        ERROR_CODE,
        f"Метод {name} известен, но пока не обслуживается ({ru})",
        f"The method {name} is known, but not served yet ({en})",
    )


LATER_METHODS: Final = tuple(_methods())
