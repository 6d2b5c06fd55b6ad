"""One payment through the gateway's pages and the bank's pages, as a payer's browser makes it.

Source: payment-page.md §3, §4.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from altyn.cli.durations import describe
from altyn.cli.orders.browser import Answer, Browser
from altyn.cli.output import CommandError
from altyn.protocol.threeds_version2 import pack_session_data

BANK_PAGES_MAX: Final = 6
WAIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCard:
    """A card as its holder types it; `expiry` is YYYYMM. It is used for one command, not stored."""

    pan: str = field(repr=False)
    expiry: str
    cvc: str = field(repr=False)
    holder: str


class Result(Enum):
    """How a payment ended for its payer."""

    PAID = "paid"
    NOT_PAID = "not paid"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a payment ended, and the text that reports it."""

    result: Result
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePayment:
    """The payment of one order. `code` is typed at the bank; None stops at the bank's page."""

    base_url: str
    order_id: str
    language: str
    code: str | None
    cancel: bool
    print_step: Callable[[str], None]
    browser: Browser = field(default_factory=Browser)

    def pay(self, card: TypedCard) -> Outcome:
        """Pay the order. Returns how the payment ended.

        Refuses with CommandError: no gateway answers, no such order, an answer without JSON.
        """
        finished = self._open_page()
        if finished is not None:
            return finished
        form = {
            "$PAN": card.pan,
            "$CVC": card.cvc,
            "$EXPIRY": card.expiry,
            "YYYY": card.expiry[:4],
            "MM": card.expiry[4:],
            "TEXT": card.holder,
        }
        self.print_step(f"→ The payer types the card {_masked(card.pan)} and presses Pay.")
        answer = self._process(form)
        if answer.get("is3DSVer2") and "threeDSMethodURL" in answer:
            answer = self._three_ds_method(answer, form)
        if answer.get("acsUrl"):
            return self._visit_bank(answer)
        return self._read_outcome(answer)

    def _open_page(self) -> Outcome | None:
        """Open the payment page. The outcome when the order is finished already, else None."""
        status = self._call("getSessionStatus.do", {})
        if status.get("error"):
            raise CommandError(f"The gateway answered: {status['error']} (order {self.order_id}).")
        if status.get("redirect"):
            self.print_step("→ The page shows that this order is finished.")
            return self._current_outcome()
        left = _time_left(status.get("remainingSecs"))
        self.print_step(
            f"→ The payment page shows order {status.get('orderNumber')}, "
            f"{status.get('amount')}{left}."
        )
        return None

    def _three_ds_method(self, answer: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        """3-D Secure 2: run the 3DS method in the browser, then send the card again."""
        transaction = str(answer["threeDSServerTransId"])
        completed = "U"
        if answer["threeDSMethodURL"]:
            self.print_step("→ 3-D Secure 2: the bank checks the browser (in a hidden frame).")
            data = {"threeDSMethodData": str(answer["threeDSMethodDataPacked"])}
            notification = self.browser.post(str(answer["threeDSMethodURL"]), data).form()
            if notification is not None:
                self.browser.post(notification.action, notification.fields)
                completed = "Y"
        method_result = {"threeDSServerTransId": transaction, "threeDSCompInd": completed}
        return self._process({**form, **method_result})

    def _visit_bank(self, answer: dict[str, Any]) -> Outcome:
        """Submit the forms of the bank's pages until the browser is back at the gateway."""
        address = str(answer["acsUrl"])
        if answer.get("packedCReq"):
            self.print_step("→ 3-D Secure 2: the browser opens the bank's page.")
            session_data = pack_session_data(self.order_id)
            fields = {"creq": str(answer["packedCReq"]), "threeDSSessionData": session_data}
        else:
            self.print_step("→ 3-D Secure 1: the browser opens the bank's page.")
            fields = {
                "PaReq": str(answer["paReq"]),
                "MD": self.order_id,
                "TermUrl": str(answer["termUrl"]),
            }
        page = self.browser.post(address, fields)
        for _ in range(BANK_PAGES_MAX):
            form = page.form()
            if form is None:
                return self._back_from_bank(page)
            if "password" not in form.inputs:
                self.print_step("→ The bank sends the payer back to the gateway.")
                page = self.browser.post(form.action, form.fields)
                continue
            if self.code is None:
                return Outcome(Result.UNFINISHED, "Stopped at the bank's page, without a code.")
            page = self.browser.post(form.action, {**form.fields, **self._type_code()})
        return Outcome(Result.NOT_PAID, "The bank did not accept the code.")

    def _type_code(self) -> dict[str, str]:
        if self.cancel:
            self.print_step("→ The bank asks for a code; the payer cancels.")
            return {"password": "", "decision": "cancel"}
        self.print_step(f"→ The bank asks for a code; the payer types {self.code}.")
        return {"password": self.code or "", "decision": "confirm"}

    def _back_from_bank(self, page: Answer) -> Outcome:
        """The outcome after the bank has sent the browser back. Refuses with CommandError: the
        gateway answered with an HTTP error."""
        if page.status >= HTTPStatus.BAD_REQUEST:
            raise CommandError(f"{page.address} answered {page.status}: {page.text.strip()[:200]}")
        return self._current_outcome()

    def _current_outcome(self) -> Outcome:
        """The outcome of the order as the payment page shows it now."""
        status = self._call("getSessionStatus.do", {})
        if status.get("redirect"):
            return self._read_outcome(self._process({}))
        if status.get("waiting"):
            return self._wait_for_bank()
        return Outcome(
            Result.NOT_PAID, f"Not paid. {status.get('error') or 'The payer may try again.'}"
        )

    def _read_outcome(self, answer: dict[str, Any]) -> Outcome:
        """The outcome that an answer of processform.do reports."""
        if answer.get("waiting"):
            return self._wait_for_bank()
        redirect = str(answer.get("redirect") or "")
        if redirect and not answer.get("error"):
            self.print_step(f"→ The browser is sent to {_without_query(redirect)}")
            return Outcome(Result.PAID, f"Paid: order {self.order_id}.")
        sentences = [
            f"Not paid. {answer.get('error') or answer.get('errorMessage') or ''}".rstrip(". ")
        ]
        if answer.get("actionCode") is not None:
            sentences[0] += f" (action code {answer['actionCode']})"
        if redirect:
            sentences.append(f"The browser is sent to {_without_query(redirect)}")
        elif answer.get("attemptsLeft") is not None:
            sentences.append(f"Attempts left: {answer['attemptsLeft']}")
        return Outcome(Result.NOT_PAID, ". ".join(sentences) + ("" if redirect else "."))

    def _wait_for_bank(self) -> Outcome:
        """Poll the page until the bank has answered, at most for WAIT_SECONDS."""
        self.print_step("→ The bank has not answered yet; the page waits.")
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            status = self._call("getSessionStatus.do", {})
            if status.get("redirect") or not status.get("waiting"):
                return self._current_outcome()
        return Outcome(
            Result.UNFINISHED,
            f"The bank did not answer within {WAIT_SECONDS:.0f} s; its answer may still come.",
        )

    def _process(self, form: dict[str, str]) -> dict[str, Any]:
        return self._call("processform.do", form)

    def _call(self, method: str, form: dict[str, str]) -> dict[str, Any]:
        fields = {"MDORDER": self.order_id, "language": self.language, **form}
        return self.browser.post(f"{self.base_url}/payment/rest/{method}", fields).members()


def _time_left(seconds: object) -> str:
    """The time until the session expires, if the gateway reports it: ", 19 min 58 s left"."""
    if not isinstance(seconds, int):
        return ""
    return f", {describe(timedelta(seconds=seconds))} left"


def _masked(pan: str) -> str:
    return f"{pan[:6]}**{pan[-4:]}"


def _without_query(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else address
