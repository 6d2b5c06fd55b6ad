"""Where commands find the settings and the running gateway."""

import os
import socket
from pathlib import Path

import pytest

from altyn.cli import environment as surroundings
from altyn.cli.output import CommandError
from altyn.cli.server.ports import find_holder, take_port
from altyn.settings import Settings


def test_an_option_goes_before_the_environment_and_on_to_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALTYN_PORT", "9000")
    monkeypatch.setenv("ALTYN_HOST", "127.0.0.2")

    settings = surroundings.read_settings(port=9001, host=None)

    assert (settings.port, settings.host) == (9001, "127.0.0.2")
    assert os.environ["ALTYN_PORT"] == "9001"


def test_the_gateway_is_found_where_serve_left_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALTYN_PORT", raising=False)
    settings = Settings(home=tmp_path, port=8080)
    left = surroundings.leave_address(settings, "http://127.0.0.1:5")

    assert surroundings.gateway_address(settings) == "http://127.0.0.1:5"
    assert surroundings.gateway_address(settings, "http://there/") == "http://there"
    monkeypatch.setenv("ALTYN_PORT", "8080")
    assert surroundings.gateway_address(settings) == "http://127.0.0.1:8080"
    monkeypatch.delenv("ALTYN_PORT")

    surroundings.take_address_away(left)
    assert surroundings.gateway_address(settings) == "http://127.0.0.1:8080"


def test_the_address_of_another_gateway_stays(tmp_path: Path) -> None:
    left = tmp_path / surroundings.ADDRESS_FILE
    left.write_text(f"http://127.0.0.1:5\n{os.getpid() + 1}\n", encoding="utf-8")

    surroundings.take_address_away(left)

    assert left.exists()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - the case itself
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("shop.example", "http://shop.example:80"),
    ],
)
def test_an_address_that_this_machine_reaches(host: str, address: str) -> None:
    assert surroundings.reachable(host, 80) == address


def test_a_taken_port_is_told_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} .* ALTYN_PORT"):
            take_port("127.0.0.1", port)
        found = find_holder(port)

    if Path("/proc/net/tcp").exists():
        assert found is not None
        assert found.pid == os.getpid()


def test_a_gateway_that_never_was_is_not_made_by_looking(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "none")

    with pytest.raises(CommandError, match="altyn serve"), surroundings.database(settings):
        pass

    assert not settings.home.exists()
