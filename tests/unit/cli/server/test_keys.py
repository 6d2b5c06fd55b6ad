"""`altyn keys`: what it creates and refuses; it never prints a key."""

import base64
import io
import json
from pathlib import Path

from typer.testing import CliRunner

from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.cli.progress import Progress
from altyn.security.keys import KeyRing
from tests.transit_server import a_transit_server


def test_key_file_for_production_is_created_and_rotated_without_printing_a_key(
    tmp_path: Path,
) -> None:
    path = tmp_path / "keys.json"
    run = CliRunner().invoke

    output = run(app, ["keys", "create", str(path)]).output
    output += run(app, ["keys", "stage", str(path)]).output
    output += run(app, ["keys", "rotate", str(path)]).output
    output += run(app, ["keys", "show-ids", str(path)]).output

    ring = KeyRing.load(path)
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert not ring.sandbox
    assert len(ring.vault_keys) == 3
    assert all(key_id in output for key_id in ring.vault_keys)
    assert not any(key in output for key in (*stored["vault_keys"].values(), stored["root"]))


def test_existing_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("existing", encoding="utf-8")

    result = CliRunner().invoke(app, ["keys", "create", str(path)])

    assert isinstance(result.exception, CommandError)
    assert path.read_text(encoding="utf-8") == "existing"


def run(*words: str, **variables: str) -> str:
    """Run `altyn keys …` with these variables; its output."""
    result = CliRunner().invoke(app, ["keys", *words], env=variables)
    assert result.exit_code == 0, result.exception
    return result.output


def test_key_file_is_created_wrapped_and_moves_to_another_service(tmp_path: Path) -> None:
    path = str(tmp_path / "keys.json")
    key_file = tmp_path / "kek"
    key_file.write_text(base64.b64encode(bytes(range(32))).decode())
    key_file.chmod(0o600)
    by_file = {"ALTYN_KEY_ENCRYPTION_KEY_FILE": str(key_file)}
    with a_transit_server() as server:
        by_transit = server.environment(tmp_path)
        created = run("create", path, **by_transit)
        assert "for production, wrapped by transit key transit/altyn" in created
        assert "vault:v1:" in Path(path).read_text()
        server.rotate("altyn")
        ids = json.loads(run("wrap", path, "--json", **by_transit))
        assert ids["wrappedBy"] == "transit key transit/altyn"
        assert "vault:v2:" in Path(path).read_text()
        run("rotate", path, **by_transit)
        run("unwrap", path, **by_transit)
    plain = KeyRing.load(Path(path))
    assert len(plain.vault_keys) == 2
    run("wrap", path, **by_file)
    shown = json.loads(run("show-ids", path, "--json", **by_file))
    assert shown["keys"] == list(plain.vault_keys)
    assert shown["wrappedBy"].startswith("key ")


def test_wrapping_without_a_service_names_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)

    result = CliRunner().invoke(app, ["keys", "wrap", str(path)])

    assert isinstance(result.exception, CommandError)
    assert "ALTYN_TRANSIT_URL" in str(result.exception)


def test_key_file_of_no_gateway_is_rotated_without_a_database(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)

    output = run("rotate", str(path), ALTYN_HOME=str(tmp_path / "home"))

    assert "No stored card was moved" in output
    assert len(KeyRing.load(path).vault_keys) == 2


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_rewrites_one_line_on_a_terminal() -> None:
    terminal = Terminal()
    progress = Progress(terminal, "cards moved", 3)
    for _ in range(3):
        progress.add(1)
    progress.end()
    assert terminal.getvalue() == (
        "\r1 of 3 cards moved (33 %)\r2 of 3 cards moved (66 %)\r3 of 3 cards moved (100 %)\n"
    )


def test_progress_in_a_pipe_has_a_bounded_number_of_lines() -> None:
    pipe = io.StringIO()
    progress = Progress(pipe, "cards moved", 1000)
    for _ in range(1100):  # payments have stored a hundred cards meanwhile
        progress.add(1)
    progress.end()
    lines = pipe.getvalue().splitlines()
    assert len(lines) <= 21
    assert "1000 of 1000 cards moved (100 %)" in lines
