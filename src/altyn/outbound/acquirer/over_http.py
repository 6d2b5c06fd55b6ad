"""The `Acquirer` port over HTTP: acquiring messages as JSON (`protocol/acquiring.py`)."""

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
    decode_card_check_response,
    decode_response,
    encode_card_check,
    encode_request,
)

log = structlog.get_logger("altyn.acquirer")
JSON: Final = {"content-type": "application/json"}
HTTP_OK: Final = 200
LOST: Final = AcquirerResponse(outcome=AcquirerOutcome.UNKNOWN, action_code=PROCESSING_TIMEOUT_SENT)
NOT_SENT: Final = AcquirerResponse(outcome=AcquirerOutcome.NOT_SENT, action_code=PROCESSING_TIMEOUT)


class HttpAcquirer:
    """The acquirer over HTTP. A failed connection is NOT_SENT, a lost response UNKNOWN.

    `key` is sent as a bearer token if the bank requires one.
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
        """The action code that refuses the card before an authorisation, or None.

        When the bank does not respond, the card is not refused.
        """
        try:
            body = await self._post("/card-check", encode_card_check(card))
            return decode_card_check_response(body)
        except (aiohttp.ClientError, TimeoutError, AcquiringFormatError) as error:
            log.warning("card_check_failed", error=type(error).__name__)
            return None

    async def ask(self, request: AcquirerRequest) -> AcquirerResponse:
        """Send a request to the bank; a lost response is UNKNOWN.

        An inquiry that did not reach the bank is UNKNOWN too: only the bank can state that a
        request was never carried out.
        """
        try:
            return decode_response(await self._post("/acquiring", encode_request(request)))
        except aiohttp.ClientConnectorError as error:
            log.warning("bank_not_reached", key=request.key, error=type(error).__name__)
            inquiry = request.operation is AcquirerOperation.INQUIRE
            return LOST if inquiry else NOT_SENT
        except (aiohttp.ClientError, TimeoutError, AcquiringFormatError) as error:
            log.warning("bank_answer_lost", key=request.key, error=type(error).__name__)
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
                raise AcquiringFormatError(f"HTTP {answer.status} instead of 200")
            return await _read_body(answer.content)


async def _read_body(content: aiohttp.StreamReader) -> bytes:
    """The whole body, to the end of the stream. Raises AcquiringFormatError if it is too long."""
    body = bytearray()
    async for piece in content.iter_any():
        body += piece
        if len(body) > MESSAGE_BYTES_MAX:
            raise AcquiringFormatError("the response is too long")
    return bytes(body)
