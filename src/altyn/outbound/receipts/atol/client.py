"""Calls ATOL Online over HTTP: one request, one answer. Tokens are kept per shop and renewed.

Source: fiscal.md §14.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from altyn.outbound.receipts.atol.account import Account
from altyn.outbound.receipts.atol.answers import Answer, AnswerError, read_answer
from altyn.outbound.receipts.atol.errors import Meaning, service_error

REQUEST_SECONDS: Final = 8
BODY_BYTES_MAX: Final = 1 << 20
TOKEN_SECONDS: Final = 23 * 3600  # a token is valid for 24 hours
REFUSED_LOGIN_SECONDS: Final = 60
"""How long a refused login is not tried again, so that the provider does not block it."""

JSON: Final = {"content-type": "application/json; charset=utf-8"}
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class NoAnswerError(Exception):
    """No answer, or none that can be read; the text says which, and names no address."""


class LoginRefusedError(Exception):
    """The provider gives no token; the text says why."""


@dataclass(slots=True)
class _Login:
    """The token of one login. The lock makes one renewal of many that meet."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    token: str | None = field(default=None, repr=False)
    until: float = 0.0
    refusal: str | None = None


class AtolClient:
    """The calls of one provider. `url` ends before the version of the protocol.

    `timeout_seconds` limits one request; `seconds` is the real time that tokens live in.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        timeout_seconds: float = REQUEST_SECONDS,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._session = session
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._seconds = seconds
        self._logins: dict[tuple[str, str, str], _Login] = {}

    async def send(
        self, account: Account, version: str, operation: str, document: dict[str, Any]
    ) -> Answer:
        """Send a document. Raises NoAnswerError, LoginRefusedError."""
        path = f"{_part(account.group)}/{operation}"
        return await self._with_token(account, version, "POST", path, _encode(document))

    async def report(self, account: Account, version: str, uuid: str) -> Answer:
        """Ask for the result of a document. Raises NoAnswerError, LoginRefusedError."""
        path = f"{_part(account.group)}/report/{uuid}"
        return await self._with_token(account, version, "GET", path, None)

    async def _with_token(
        self, account: Account, version: str, method: str, path: str, body: bytes | None
    ) -> Answer:
        """A request with a token; with a new one once more, if the provider refuses the token."""
        token = await self._token(account, version)
        answer = await self._request(method, f"{version}/{path}", body, token)
        if not _refuses_token(answer):
            return answer
        token = await self._token(account, version, refused=token)
        return await self._request(method, f"{version}/{path}", body, token)

    async def _token(self, account: Account, version: str, *, refused: str | None = None) -> str:
        """The token of an account; a new one in place of `refused`."""
        key = (version, account.login, account.password)
        login = self._logins.setdefault(key, _Login())
        async with login.lock:
            if self._seconds() >= login.until or (refused and login.token == refused):
                await self._log_in(login, account, version)
            if login.token is None:
                raise LoginRefusedError(login.refusal)
            return login.token

    async def _log_in(self, login: _Login, account: Account, version: str) -> None:
        login.token, login.refusal, login.until = None, None, 0.0
        body = _encode({"login": account.login, "pass": account.password})
        answer = await self._request("POST", f"{version}/getToken", body, None)
        if answer.token:
            login.token, login.until = answer.token, self._seconds() + TOKEN_SECONDS
            return
        error = answer.error
        if error is None or service_error(error.code).meaning is not Meaning.SETTINGS:
            raise NoAnswerError(
                f"no token: HTTP {answer.http_status}, {error or 'without a reason'}"
            )
        login.refusal = f"{error}; {service_error(error.code).remedy}"
        login.until = self._seconds() + REFUSED_LOGIN_SECONDS

    async def _request(
        self, method: str, path: str, body: bytes | None, token: str | None
    ) -> Answer:
        headers = dict(JSON) if token is None else {**JSON, "token": token}
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._session.request(
                    method,
                    URL(f"{self._url}/{path}", encoded=True),
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                )
                async with response:
                    content = await response.content.read(BODY_BYTES_MAX)
                    while not response.content.at_eof() and len(content) < BODY_BYTES_MAX:
                        content += await response.content.read(BODY_BYTES_MAX - len(content))
        except TimeoutError:
            raise NoAnswerError(f"no answer within {self._timeout_seconds:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NoAnswerError(f"no connection ({type(error).__name__})") from None
        try:
            return read_answer(response.status, content)
        except AnswerError:
            kind = response.content_type
            text = f"an answer that is no JSON (HTTP {response.status}, {kind})"
            raise NoAnswerError(text) from None


def _part(text: str) -> str:
    """One part of a path, whatever characters it has."""
    return quote(text, safe="")


def _refuses_token(answer: Answer) -> bool:
    """Whether another token may help: not where the login or the group is wrong."""
    if answer.error is not None:
        return service_error(answer.error.code).meaning is Meaning.TOKEN
    return answer.http_status == HTTPStatus.UNAUTHORIZED


def new_session() -> aiohttp.ClientSession:
    """The connections to the provider: without cookies, proxies and redirects."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
    )
