"""A stand-in for HashiCorp Vault: its transit engine over HTTP, with real AES-256-GCM.

It answers as the server does: versions of a key, tokens, namespaces, a sealed server, a standby.
"""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN: Final = "hvs.token-of-altyn"
NONCE_BYTES: Final = 12


class TransitError(Exception):
    """An answer with errors."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass
class TransitServer:
    """The state of the server; tests change it between requests."""

    url: str = ""
    namespace: str | None = None
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    keys: dict[str, list[bytes]] = field(default_factory=dict)
    min_decryption_version: int = 1
    locked: bool = False
    standby: bool = False
    silent: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)

    def rotate(self, name: str) -> None:
        """Add a version to a key, or create the key: `vault write -f transit/keys/NAME/rotate`."""
        self.keys.setdefault(name, []).append(AESGCM.generate_key(256))

    def environment(self, folder: Path, **more: str) -> dict[str, str]:
        """The settings of a gateway that uses the key `altyn`, with its token in a file."""
        token_file = folder / "transit.token"
        token_file.write_text(f"{TOKEN}\n", encoding="ascii")
        return {
            "ALTYN_TRANSIT_URL": self.url,
            "ALTYN_TRANSIT_KEY": "altyn",
            "ALTYN_TRANSIT_TOKEN_FILE": str(token_file),
            **more,
        }

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The members of `data`. Raises TransitError."""
        self.requests.append(path)
        if self.locked:
            raise TransitError(503, "Vault is sealed")
        if self.standby:
            raise TransitError(307, "")
        if headers.get("X-Vault-Namespace") != self.namespace:
            raise TransitError(404, f'no handler for route "{path}". route entry not found.')
        if headers.get("X-Vault-Token") not in self.tokens:
            raise TransitError(403, "permission denied")
        version, engine, action, name = path.strip("/").split("/")
        if (version, engine) != ("v1", "transit") or action not in {"encrypt", "decrypt"}:
            raise TransitError(404, f'no handler for route "{path}". route entry not found.')
        if name not in self.keys:
            # The token may update the keys that exist; to create one it has no right.
            raise TransitError(*((400, "encryption key not found") if action == "decrypt"
                                 else (403, "1 error occurred: permission denied")))  # fmt: skip
        members = json.loads(body)
        return self._encrypted(name, members) if action == "encrypt" else self._plain(name, members)

    def _encrypted(self, name: str, members: dict[str, str]) -> dict[str, Any]:
        versions = self.keys[name]
        nonce = os.urandom(NONCE_BYTES)
        secret = AESGCM(versions[-1]).encrypt(nonce, base64.b64decode(members["plaintext"]), None)
        text = base64.b64encode(nonce + secret).decode()
        return {"ciphertext": f"vault:v{len(versions)}:{text}", "key_version": len(versions)}

    def _plain(self, name: str, members: dict[str, str]) -> dict[str, Any]:
        found = re.fullmatch(r"vault:v([0-9]+):([A-Za-z0-9+/=]+)", members["ciphertext"])
        number = int(found[1]) if found else 0
        if found is None or not 0 < number <= len(self.keys[name]):
            raise TransitError(400, "invalid ciphertext: no prefix")
        content = base64.b64decode(found[2])
        if number < self.min_decryption_version:
            raise TransitError(
                400, "ciphertext or signature version is disallowed by policy (too old)"
            )
        cipher = AESGCM(self.keys[name][number - 1])
        try:
            plain = cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], None)
        except InvalidTag:
            raise TransitError(400, "cipher: message authentication failed") from None
        return {"plaintext": base64.b64encode(plain).decode()}


@contextmanager
def a_transit_server(tls: ssl.SSLContext | None = None) -> Iterator[TransitServer]:
    """Serve on a free port, with one version of the key `altyn`."""
    state = TransitServer()
    state.rotate("altyn")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state.silent.is_set():
                state.stopped.wait()
                return
            try:
                data = state.answer(self.path, dict(self.headers.items()), body)
            except TransitError as error:
                self._send(error.status, {"errors": [str(error)] if str(error) else []})
                return
            self._send(200, {"data": data, "renewable": False, "lease_duration": 0})

        def _send(self, status: int, members: object) -> None:
            answer = json.dumps(members).encode()
            self.send_response(status)
            if status == 307:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    state.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
