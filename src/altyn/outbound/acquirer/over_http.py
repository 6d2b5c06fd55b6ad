"""A bank at an address: our acquiring messages as JSON over HTTP (`protocol/acquiring.py`)."""

from typing import Final

import aiohttp
import structlog

from altyn.domain.card import Pan
from altyn.protocol.acquiring import (
    AcquirerOutcome,
    AcquirerQuestion,
    AcquirerReply,
    AcquiringFormatError,
    CardCheck,
    decode_card_check_reply,
    decode_reply,
    encode_card_check,
    encode_question,
)
from altyn.protocol.action_codes import PROCESSING_TIMEOUT, PROCESSING_TIMEOUT_SENT

log = structlog.get_logger("altyn.acquirer")
JSON: Final = {"content-type": "application/json"}
LOST: Final = AcquirerReply(outcome=AcquirerOutcome.UNKNOWN, action_code=PROCESSING_TIMEOUT_SENT)
NOT_SENT: Final = AcquirerReply(outcome=AcquirerOutcome.NOT_SENT, action_code=PROCESSING_TIMEOUT)


class HttpAcquirer:
    """The `Acquirer` port over HTTP. A connection that was never made is NOT_SENT, else UNKNOWN."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, timeout_seconds: float) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=5)

    def accepts(self, pan: Pan) -> bool:  # noqa: ARG002 - the port's shape
        """Whether this connector may be given the card: a bank at an address takes any."""
        return True

    async def check(self, card: CardCheck) -> int | None:
        """An action code when the card is no good before anything is asked, else None.

        A bank that does not answer this has not refused the card.
        """
        try:
            body = await self._post("/card-check", encode_card_check(card))
            return decode_card_check_reply(body)
        except (aiohttp.ClientError, TimeoutError, AcquiringFormatError) as error:
            log.warning("card_check_failed", error=type(error).__name__)
            return None

    async def ask(self, question: AcquirerQuestion) -> AcquirerReply:
        """Put a question to the bank; a lost answer is UNKNOWN."""
        try:
            return decode_reply(await self._post("/acquiring", encode_question(question)))
        except aiohttp.ClientConnectorError as error:
            log.warning("bank_not_reached", key=question.key, error=type(error).__name__)
            return NOT_SENT
        except (aiohttp.ClientError, TimeoutError, AcquiringFormatError) as error:
            log.warning("bank_answer_lost", key=question.key, error=type(error).__name__)
            return LOST

    async def _post(self, path: str, body: bytes) -> bytes:
        async with self._session.post(
            self._url + path, data=body, headers=JSON, timeout=self._timeout, allow_redirects=False
        ) as answer:
            answer.raise_for_status()
            return await answer.content.read(65_536)
