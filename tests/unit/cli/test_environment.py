"""The settings of a command, and the address of the running gateway."""

import os
from pathlib import Path

import pytest

from altyn.cli import environment
from altyn.cli.output import CommandError
from altyn.settings import Settings


def test_option_replaces_its_variable_for_workers_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALTYN_PORT", "9000")
    monkeypatch.setenv("ALTYN_HOST", "127.0.0.2")

    settings = environment.read_settings(port=9001, host=None)

    assert (settings.port, settings.host) == (9001, "127.0.0.2")
    assert os.environ["ALTYN_PORT"] == "9001"


def test_gateway_is_found_by_its_address_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALTYN_PORT", raising=False)
    settings = Settings(home=tmp_path, port=8080)
    path = environment.write_address_file(settings, "http://127.0.0.1:5")

    assert environment.gateway_address(settings) == "http://127.0.0.1:5"
    assert environment.gateway_address(settings, "http://there/") == "http://there"
    monkeypatch.setenv("ALTYN_PORT", "8080")
    assert environment.gateway_address(settings) == "http://127.0.0.1:8080"
    monkeypatch.delenv("ALTYN_PORT")

    environment.remove_address_file(path)
    assert environment.gateway_address(settings) == "http://127.0.0.1:8080"


def test_address_file_of_another_gateway_is_kept(tmp_path: Path) -> None:
    path = tmp_path / environment.ADDRESS_FILE
    path.write_text(f"http://127.0.0.1:5\n{os.getpid() + 1}\n", encoding="utf-8")

    environment.remove_address_file(path)

    assert path.exists()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - the case itself
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("shop.example", "http://shop.example:80"),
    ],
)
def test_address_that_this_machine_reaches(host: str, address: str) -> None:
    assert environment.reachable_address(host, 80) == address


def test_command_does_not_create_a_missing_data_folder(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "none")

    with (
        pytest.raises(CommandError, match="altyn serve"),
        environment.settings_with_database(settings),
    ):
        pass

    assert not settings.home.exists()


@pytest.mark.parametrize(
    "url",
    [
        *("", "127.0.0.1:8080", "ftp://host", "http://", "http://host:0", "http://host:99999"),
        *("http://[", "http://user:secret@host", "http://host/?x=1", "http://ho\x1bst"),
    ],
)
def test_malformed_url_is_refused_by_name(url: str) -> None:
    with pytest.raises(CommandError, match="--url"):
        environment.gateway_address(Settings(), url)
