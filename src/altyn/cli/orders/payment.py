"""The way of one payment through the gateway's pages and the bank's, as a browser takes it.

It exists apart from the command so that a test, or another tool, can take the same way.
Source: payment-page.md §3, §4.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from altyn.cli.durations import describe
from altyn.cli.orders.browser import Answer, Browser
from altyn.cli.output import CommandError

BANK_STEPS_MAX: Final = 6
WAIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTyped:
    """A card as its holder types it; `expiry` is YYYYMM. Lives for one command, kept nowhere."""

    pan: str = field(repr=False)
    expiry: str
    cvc: str = field(repr=False)
    holder: str


class End(Enum):
    """How a payment ended for its payer."""

    PAID = "paid"
    NOT_PAID = "not paid"
    LEFT = "left in the middle"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, and the words for it."""

    end: End
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One order being paid. `code` is typed at the bank; without one its page is left there."""

    base: str
    order_id: str
    language: str
    code: str | None
    cancel: bool
    say: Callable[[str], None]
    browser: Browser = field(default_factory=Browser)

    def pay(self, card: CardTyped) -> Outcome:
        """Pay. Refuses with CommandError: no gateway there, no such order, an answer we cannot
        read."""
        over = self._look()
        if over is not None:
            return over
        form = {
            "$PAN": card.pan,
            "$CVC": card.cvc,
            "$EXPIRY": card.expiry,
            "YYYY": card.expiry[:4],
            "MM": card.expiry[4:],
            "TEXT": card.holder,
        }
        self.say(f"→ The payer types the card {_masked(card.pan)} and presses Pay.")
        answer = self._process(form)
        if answer.get("is3DSVer2") and "threeDSMethodURL" in answer:
            answer = self._method_step(answer, form)
        if answer.get("acsUrl"):
            return self._at_the_bank(answer)
        return self._read(answer)

    def _look(self) -> Outcome | None:
        """Open the page; what is to be paid, or the outcome of an order that is over."""
        status = self._call("getSessionStatus.do", {})
        if status.get("error"):
            raise CommandError(f"The gateway says: {status['error']} (order {self.order_id}).")
        if status.get("redirect"):
            self.say("→ The page says that this order is over.")
            return self._ended()
        left = describe_seconds(status.get("remainingSecs"))
        self.say(
            f"→ The payment page shows order {status.get('orderNumber')}, "
            f"{status.get('amount')}{left}."
        )
        return None

    def _method_step(self, answer: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        """3-D Secure 2: let the bank see the browser, then ask again."""
        transaction = str(answer["threeDSServerTransId"])
        completed = "U"
        if answer["threeDSMethodURL"]:
            self.say("→ 3-D Secure 2: the bank looks at the browser (hidden frame).")
            data = {"threeDSMethodData": str(answer["threeDSMethodDataPacked"])}
            seen = self.browser.post(str(answer["threeDSMethodURL"]), data).form()
            if seen is not None:
                self.browser.post(seen.action, seen.fields)
                completed = "Y"
        again = {"threeDSServerTransId": transaction, "threeDSCompInd": completed}
        return self._process({**form, **again})

    def _at_the_bank(self, answer: dict[str, Any]) -> Outcome:
        """The bank's pages, until a form leads back to the gateway."""
        address = str(answer["acsUrl"])
        if answer.get("packedCReq"):
            self.say("→ 3-D Secure 2: the browser goes to the bank to be asked.")
            fields = {"creq": str(answer["packedCReq"]), "threeDSSessionData": self._session()}
        else:
            self.say("→ 3-D Secure 1: the browser goes to the bank.")
            fields = {
                "PaReq": str(answer["paReq"]),
                "MD": self.order_id,
                "TermUrl": str(answer["termUrl"]),
            }
        page = self.browser.post(address, fields)
        for _ in range(BANK_STEPS_MAX):
            form = page.form()
            if form is None:
                return self._arrived(page)
            if "password" not in form.asks:
                self.say("→ The bank sends the payer back to the gateway.")
                page = self.browser.post(form.action, form.fields)
                continue
            if self.code is None:
                return Outcome(End.LEFT, "Left at the bank's question, as was asked for.")
            page = self.browser.post(form.action, {**form.fields, **self._typed()})
        return Outcome(End.NOT_PAID, "The bank did not take the code.")

    def _typed(self) -> dict[str, str]:
        if self.cancel:
            self.say("→ The bank asks for a code; the payer cancels.")
            return {"password": "", "decision": "cancel"}
        self.say(f"→ The bank asks for a code; the payer types {self.code}.")
        return {"password": self.code or "", "decision": "confirm"}

    def _session(self) -> str:
        return urlsafe_b64encode(self.order_id.encode()).decode().rstrip("=")

    def _arrived(self, page: Answer) -> Outcome:
        """Back from the bank: the gateway has asked for the money, or has not."""
        if page.status >= 400:  # noqa: PLR2004 - HTTP's own number
            raise CommandError(f"{page.address} answered {page.status}: {page.text.strip()[:200]}")
        return self._ended()

    def _ended(self) -> Outcome:
        """How the order stands now, in the page's own words."""
        status = self._call("getSessionStatus.do", {})
        if status.get("redirect"):
            return self._read(self._process({}))
        if status.get("waiting"):
            return self._wait()
        return Outcome(
            End.NOT_PAID, f"Not paid. {status.get('error') or 'The payer may try again.'}"
        )

    def _read(self, answer: dict[str, Any]) -> Outcome:
        """The outcome that an answer of processform.do tells."""
        if answer.get("waiting"):
            return self._wait()
        back = str(answer.get("redirect") or "")
        if back and not answer.get("error"):
            self.say(f"→ The browser is sent to {_short(back)}")
            return Outcome(End.PAID, f"Paid: order {self.order_id}.")
        words = [
            f"Not paid. {answer.get('error') or answer.get('errorMessage') or ''}".rstrip(". ")
        ]
        if answer.get("actionCode") is not None:
            words[0] += f" (action code {answer['actionCode']})"
        if back:
            words.append(f"The browser is sent to {_short(back)}")
        elif answer.get("attemptsLeft") is not None:
            words.append(f"Attempts left: {answer['attemptsLeft']}")
        return Outcome(End.NOT_PAID, ". ".join(words) + ("" if back else "."))

    def _wait(self) -> Outcome:
        """The bank has not answered; ask until it has."""
        self.say("→ The bank has not answered yet; the page waits.")
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            status = self._call("getSessionStatus.do", {})
            if status.get("redirect") or not status.get("waiting"):
                return self._ended()
        return Outcome(
            End.LEFT, f"The bank has not answered for {WAIT_SECONDS:.0f} s; it may still."
        )

    def _process(self, form: dict[str, str]) -> dict[str, Any]:
        return self._call("processform.do", form)

    def _call(self, method: str, form: dict[str, str]) -> dict[str, Any]:
        ours = {"MDORDER": self.order_id, "language": self.language}
        return self.browser.post(f"{self.base}/payment/rest/{method}", {**ours, **form}).members()


def describe_seconds(seconds: object) -> str:
    """How long the payer has, where the gateway says so: ", 19 min 58 s left"."""
    if not isinstance(seconds, int):
        return ""
    return f", {describe(timedelta(seconds=seconds))} left"


def _masked(pan: str) -> str:
    return f"{pan[:6]}**{pan[-4:]}"


def _short(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else address
