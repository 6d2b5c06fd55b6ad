"""A merchant: who it is, what it may do, and how its orders are treated by default.

One typed value holds every setting, so that a setting which is not listed here does not exist.
Source: merchant-settings.md.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from altyn.domain.callback import CallbackOperation, CallbackSettings
from altyn.domain.card.attempt_limits import LimitSettings
from altyn.domain.link_settings import LinkSettings
from altyn.domain.order import Order
from altyn.domain.page import HolderField
from altyn.domain.receipt.settings import FiscalSettings
from altyn.domain.way_settings import BnplSettings, CreditSettings, SberPaySettings


class Permission(StrEnum):
    """What the provider has opened for a merchant (merchant-settings.md §5, §7, §8)."""

    ONE_PHASE = "one_phase"
    TWO_PHASE = "two_phase"
    AUTO_COMPLETION = "auto_completion"
    AUTO_REVERSE = "auto_reverse"
    PARTIAL_DEPOSIT = "partial_deposit"
    REVERSAL = "reversal"
    PARTIAL_REVERSAL = "partial_reversal"
    REFUND = "refund"
    SSL_ALLOWED = "ssl_allowed"
    SSL_WITHOUT_CVC = "ssl_without_cvc"
    THREE_DS = "three_ds"
    VERIFY = "verify"
    AUTO_PAYMENT = "auto_payment"
    CARD_FROM_SHOP = "paymentorder_s2s"
    MOTO = "moto"
    INSTANT_PAYMENT = "instant_payment"
    INSTANT_REFUND = "instant_refund"
    VERIFY_CARD = "verify_card"
    EXTERNAL_MPI = "external_mpi"
    ORDER_NUMBER_GENERATION = "order_number_generation"
    CUSTOM_SESSION = "custom_session"
    DYNAMIC_CALLBACK = "dynamic_callback"
    BINDINGS = "bindings"
    BINDING_WITHOUT_CVC = "binding_without_cvc"
    BINDINGS_BY_CARD = "bindings_by_card"
    CREATE_BINDING = "create_binding_no_payment"
    RECURRENT = "recurrent"
    SEND_ECI_CAVV = "send_eci_cavv"
    OPERATIONS_IN_STATUS = "operations_in_status"
    ORIGINAL_ACTION_CODE = "original_action_code"
    SEE_OTHER_MERCHANTS = "see_other_merchants"
    FEE = "fee"
    RAW_REFUND = "raw_refund"
    ELECTRONIC_CERTIFICATE = "electronic_certificate"
    SBERPAY = "sberpay"
    APP2APP = "app2app"
    BACK2APP = "back2app"
    SBOL_INACTIVE = "sbol_inactive_in_response"
    BNPL = "bnpl"
    CREDIT = "sbercredit"
    # permissions that demand more of the shop instead of opening something
    AVS_REQUIRED = "avs_avv"
    THREE_DS_REQUIRED = "three_ds_required"


DEMANDING = frozenset({Permission.AVS_REQUIRED, Permission.THREE_DS_REQUIRED})
OPENING = frozenset(Permission) - DEMANDING
BASIC = frozenset(
    {
        Permission.ONE_PHASE,
        Permission.REVERSAL,
        Permission.REFUND,
        Permission.THREE_DS,
        Permission.CUSTOM_SESSION,
    }
)
"""What a new shop of production may do; the provider opens the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantSettings:
    """How a merchant's orders are treated. Amounts: minor units; times: seconds unless named.

    `page_names` are `language=name`, for the languages in which the shop's name differs.
    `allowed_payment_ways` are names of ways to pay; empty: all that the permissions allow.
    """

    permissions: frozenset[Permission] = frozenset()
    dialects: tuple[str, ...] = ("classic",)
    default_language: str = "ru"
    default_currency: str = "643"
    currencies: tuple[str, ...] = ("643",)
    session_timeout_seconds: int = 1200
    payment_attempts: int = 3
    hold_days: int = 7
    status_version: int = 13
    tds_version: str = "1"
    amount_min_minor: int = 1
    amount_max_minor: int = 999_999_999_999
    ip_allow_list: tuple[str, ...] = ()
    show_final_page: bool = False
    return_query_before_fragment: bool = False
    page_names: tuple[str, ...] = ()
    page_logo: str = ""
    page_holder: HolderField = HolderField.REQUIRED
    page_frame_origins: tuple[str, ...] = ()
    payer_email_notify: bool = False
    terminal: str = "123456"
    mcc: str = "5999"
    allowed_payment_ways: tuple[str, ...] = ()
    cart_faults_in_answer: bool = False
    callbacks: CallbackSettings = field(default_factory=CallbackSettings)
    fiscal: FiscalSettings = field(default_factory=FiscalSettings)
    sberpay: SberPaySettings = field(default_factory=SberPaySettings)
    bnpl: BnplSettings = field(default_factory=BnplSettings)
    credit: CreditSettings = field(default_factory=CreditSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """A shop. `merchant_id` is part of every key, so no statement can reach another shop's row."""

    merchant_id: int
    login: str
    name: str
    settings: MerchantSettings
    parent_id: int | None = None
    blocked: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the provider has opened this for the merchant."""
        return permission in self.settings.permissions

    def name_in(self, language: str) -> str:
        """The shop's name for payers who read this language."""
        names = dict(each.split("=", 1) for each in self.settings.page_names)
        return names.get(language, self.name)

    def wants(self, notification: CallbackOperation) -> bool:
        """Whether the merchant gets a callback about this kind of change."""
        callbacks = self.settings.callbacks
        return callbacks.enabled and (
            not callbacks.operations or notification in callbacks.operations
        )

    def addresses_for(self, order: Order) -> tuple[str, ...]:
        """The addresses for callbacks about payments of this order: its own where the merchant may
        name one, else the merchant's (callbacks.md §2)."""
        own = order.request.dynamic_callback_url
        dynamic = own and self.may(Permission.DYNAMIC_CALLBACK)
        return (own,) if own and dynamic else self.settings.callbacks.urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The authenticated caller: a merchant's API user, and the IP address of the call."""

    merchant: Merchant
    login: str
    ip: str = ""
