"""A bank at an address: our acquiring messages as JSON over HTTP (`protocol/acquiring.py`)."""

from typing import Final

import aiohttp
import structlog

from altyn.domain.action_codes import PROCESSING_TIMEOUT, PROCESSING_TIMEOUT_SENT
from altyn.protocol.acquiring import (
    MESSAGE_BYTES_MAX,
    AcquirerOperation,
    AcquirerOutcome,
    AcquirerRequest,
    AcquirerResponse,
    AcquiringFormatError,
    CardCheck,
    decode_card_check_reply,
    decode_reply,
    encode_card_check,
    encode_question,
)

log = structlog.get_logger("altyn.acquirer")
JSON: Final = {"content-type": "application/json"}
HTTP_OK: Final = 200
LOST: Final = AcquirerResponse(outcome=AcquirerOutcome.UNKNOWN, action_code=PROCESSING_TIMEOUT_SENT)
NOT_SENT: Final = AcquirerResponse(outcome=AcquirerOutcome.NOT_SENT, action_code=PROCESSING_TIMEOUT)


class HttpAcquirer:
    """An acquirer over HTTP. A connection that was never made is NOT_SENT, else UNKNOWN.

    `key`, where the bank wants one, is sent as a bearer token.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        timeout_seconds: float,
        key: str | None = None,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=5)
        self._headers = {**JSON, "authorization": f"Bearer {key}"} if key else dict(JSON)

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

    async def ask(self, question: AcquirerRequest) -> AcquirerResponse:
        """Put a question to the bank; a lost answer is UNKNOWN.

        An inquiry that did not reach the bank says nothing about what it asks after:
        only the bank's own word may tell that a key was never carried out.
        """
        try:
            return decode_reply(await self._post("/acquiring", encode_question(question)))
        except aiohttp.ClientConnectorError as error:
            log.warning("bank_not_reached", key=question.key, error=type(error).__name__)
            inquiry = question.operation is AcquirerOperation.INQUIRE
            return LOST if inquiry else NOT_SENT
        except (aiohttp.ClientError, TimeoutError, AcquiringFormatError) as error:
            log.warning("bank_answer_lost", key=question.key, error=type(error).__name__)
            return LOST

    async def _post(self, path: str, body: bytes) -> bytes:
        async with self._session.post(
            self._url + path,
            data=body,
            headers=self._headers,
            timeout=self._timeout,
            allow_redirects=False,
        ) as answer:
            answer.raise_for_status()
            if answer.status != HTTP_OK:
                raise AcquiringFormatError(f"HTTP {answer.status} instead of an answer")
            return await _whole(answer.content)


async def _whole(content: aiohttp.StreamReader) -> bytes:
    """An answer comes in as many pieces as the network likes; its end is the end of the stream."""
    body = bytearray()
    async for piece in content.iter_any():
        body += piece
        if len(body) > MESSAGE_BYTES_MAX:
            raise AcquiringFormatError("the answer is too long")
    return bytes(body)
