"""A browser for tests of the account: it keeps cookies, and sends the forms of its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from tests.asgi_client import HOST, Answer, AsgiClient

OWNER: Final = "test-owner"
OPERATOR: Final = "test-operator"
PASSWORD: Final = "testPwd1"
BASE: Final = "/mportal3"


@dataclass
class Browser:
    """A browser: it keeps the cookies, and sends forms as a page of its own site."""

    app: Any
    cookies: dict[str, str] = field(default_factory=dict)
    origin: str = f"http://{HOST}"

    async def get(self, path: str) -> Answer:
        headers = {"cookie": self._cookie, "accept-language": "en"}
        return self._kept(await AsgiClient(self.app).get(path, headers=headers))

    async def post(self, path: str, **fields: str) -> Answer:
        return await self.send(path, fields)

    async def send(
        self, path: str, fields: Mapping[str, str], *, body: bytes | None = None, kind: str = ""
    ) -> Answer:
        """Send fields as a form, or a body of another kind."""
        headers = {"cookie": self._cookie, "origin": self.origin, "accept-language": "en"}
        if kind:
            headers["content-type"] = kind
        client = AsgiClient(self.app)
        return self._kept(await client.post(path, fields, body=body, headers=headers))

    async def submit(self, page_path: str, path: str, **fields: str) -> Answer:
        """Send a form with the token of the page that has it."""
        shown = await self.get(page_path)
        return await self.post(path, csrf=csrf_of(shown), **fields)

    async def log_in(self, login: str = OWNER, password: str = PASSWORD, **more: str) -> Answer:
        return await self.post(f"{BASE}/login", login=login, password=password, **more)

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _kept(self, answer: Answer) -> Answer:
        name, _, rest = answer.headers.get("set-cookie", "").partition("=")
        if name:
            self.cookies[name] = rest.partition(";")[0].strip('"')
        return answer


def csrf_of(answer: Answer) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
    return unescape(found[1]) if found else ""
