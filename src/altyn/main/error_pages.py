"""The pages of errors of the personal account and of the console: which area an address is in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from altyn.inbound.console.pages import CONSOLE, console_frame
from altyn.inbound.personal_account.pages import BASE, guest_frame
from altyn.inbound.web.error_page import PageError, error_page
from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.language import keeping_language

AnswerError = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ErrorPages:
    """Answers what no endpoint of the two areas answers; the console is in the sandbox only."""

    sandbox: bool

    def missing(self, elsewhere: AnswerError) -> AnswerError:
        """The handler of addresses that no route has; `elsewhere` answers outside of the areas."""

        async def answer(request: Request, error: Exception) -> Response:
            frame = self._frame(request)
            if frame is None:
                return await elsewhere(request, error)

            async def work(_: Request) -> Response:
                return error_page(frame, PageError.MISSING)

            return await keeping_language(work)(request)

        return answer

    def failed(self, request: Request) -> Response | None:
        """The page of an unexpected error; None outside of the areas."""
        frame = self._frame(request)
        return None if frame is None else error_page(frame, PageError.FAILED)

    def _frame(self, request: Request) -> WebFrame | None:
        path = request.url.path
        if _is_below(path, BASE):
            return guest_frame(request, sandbox=self.sandbox)
        if self.sandbox and _is_below(path, CONSOLE):
            return console_frame(request, "")
        return None


def _is_below(path: str, area: str) -> bool:
    return path == area or path.startswith(f"{area}/")
