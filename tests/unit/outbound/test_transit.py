"""The transit engine of HashiCorp Vault wraps keys; each error says what to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from altyn.domain.key_service import KeyServiceError
from altyn.domain.key_service import TransitServer as Server
from altyn.outbound.key_service.transit import Transit
from tests.certificates import tls_contexts
from tests.transit_server import TOKEN, TransitServer, a_transit_server

KEY = bytes(range(32))


@pytest.fixture
def running() -> Iterator[TransitServer]:
    with a_transit_server() as state:
        yield state


def server_of(state: TransitServer, **changes: object) -> Server:
    server = Server(
        url=state.url,
        key="altyn",
        mount="transit",
        token=TOKEN,
        token_file=None,
        namespace=None,
        ca_file=None,
        timeout_seconds=5,
    )
    return dataclasses.replace(server, **changes)  # type: ignore[arg-type]


def test_wrapped_key_is_unwrapped(running: TransitServer) -> None:
    transit = Transit(server_of(running))
    wrapped = transit.wrap(KEY)

    assert wrapped.startswith("vault:v1:")
    assert transit.unwrap(wrapped) == KEY
    assert running.requests == ["/v1/transit/encrypt/altyn", "/v1/transit/decrypt/altyn"]


def test_rotated_key_of_the_server_unwraps_what_an_older_version_wrapped(
    running: TransitServer,
) -> None:
    transit = Transit(server_of(running))
    old = transit.wrap(KEY)
    running.rotate("altyn")
    new = transit.wrap(KEY)

    assert new.startswith("vault:v2:")
    assert [transit.unwrap(old), transit.unwrap(new)] == [KEY, KEY]
    running.min_decryption_version = 2
    with pytest.raises(KeyServiceError, match=r"too old.*min_decryption_version"):
        transit.unwrap(old)


def test_token_file_is_read_for_each_request_and_the_namespace_is_sent(
    running: TransitServer, tmp_path: Path
) -> None:
    running.namespace = "payments"
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    transit = Transit(server_of(running, token=None, token_file=path, namespace="payments"))
    wrapped = transit.wrap(KEY)
    running.tokens = {"renewed"}
    path.write_text("renewed")

    assert transit.unwrap(wrapped) == KEY


@pytest.mark.parametrize("content", ["", "two words", None])
def test_unusable_token_file_is_named(
    running: TransitServer, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    with pytest.raises(KeyServiceError, match=str(path)):
        Transit(server_of(running, token=None, token_file=path)).wrap(KEY)


def locked(state: TransitServer) -> None:
    state.locked = True


def expired_token(state: TransitServer) -> None:
    state.tokens = set()


def standby(state: TransitServer) -> None:
    state.standby = True


def other_namespace(state: TransitServer) -> None:
    state.namespace = "elsewhere"


def key_deleted(state: TransitServer) -> None:
    state.keys.clear()


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (locked, r"HTTP 503 \(Vault is sealed\).*Unseal it"),
        (expired_token, r"HTTP 403 \(permission denied\).*ALTYN_TRANSIT_TOKEN_FILE"),
        (standby, r"HTTP 307\. .*Name the active server"),
        (other_namespace, "HTTP 404 .*ALTYN_TRANSIT_NAMESPACE"),
        (key_deleted, r"HTTP 400 \(encryption key not found\).*ALTYN_TRANSIT_KEY"),
    ],
)
def test_error_names_the_fault_and_the_remedy(
    running: TransitServer, event: Callable[[TransitServer], None], text: str
) -> None:
    transit = Transit(server_of(running))
    wrapped = transit.wrap(KEY)
    event(running)

    with pytest.raises(KeyServiceError, match=text) as refused:
        transit.unwrap(wrapped)
    shown = str(refused.value)
    assert running.url in shown
    assert "transit key transit/altyn" in shown
    assert TOKEN not in shown
    assert wrapped not in shown


def test_wrong_key_name_is_refused_before_anything_is_wrapped(running: TransitServer) -> None:
    with pytest.raises(KeyServiceError, match=r"transit/other: HTTP 403.*`update`"):
        Transit(server_of(running, key="other")).wrap(KEY)


def test_changed_ciphertext_is_refused(running: TransitServer) -> None:
    transit = Transit(server_of(running))
    wrapped = transit.wrap(KEY)

    with pytest.raises(KeyServiceError, match="message authentication failed"):
        transit.unwrap(wrapped[:-8] + ("AAAAAA==" if wrapped[-8:-2] != "AAAAAA" else "BBBBBB=="))


def test_silent_server_is_abandoned_after_the_timeout(running: TransitServer) -> None:
    running.silent.set()
    with pytest.raises(KeyServiceError, match=r"no answer within 0.2 s.*ALTYN_TRANSIT_TIMEOUT"):
        Transit(server_of(running, timeout_seconds=0.2)).wrap(KEY)


def test_unreachable_server_is_named(running: TransitServer) -> None:
    with pytest.raises(KeyServiceError, match=r"127\.0\.0\.1:1.*Check ALTYN_TRANSIT_URL"):
        Transit(server_of(running, url="http://127.0.0.1:1")).wrap(KEY)


def test_tls_is_checked_with_the_named_authority(tmp_path: Path) -> None:
    context, _ = tls_contexts(tmp_path)
    with a_transit_server(context) as state:
        trusting = Transit(server_of(state, ca_file=tmp_path / "stand-in.pem"))
        assert trusting.unwrap(trusting.wrap(KEY)) == KEY
        with pytest.raises(KeyServiceError, match=r"TLS fails.*ALTYN_TRANSIT_CA_FILE"):
            Transit(server_of(state)).wrap(KEY)
