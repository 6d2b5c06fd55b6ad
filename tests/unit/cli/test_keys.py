"""`altyn keys`: what it makes, what it refuses, and that it never prints a key."""

import json
from pathlib import Path

from typer.testing import CliRunner

from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.security.keys import KeyRing


def test_a_key_file_is_made_for_production_rotated_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    run = CliRunner().invoke

    said = run(app, ["keys", "create", str(path)]).output
    said += run(app, ["keys", "stage", str(path)]).output
    said += run(app, ["keys", "rotate", str(path)]).output
    said += run(app, ["keys", "show-ids", str(path)]).output

    ring = KeyRing.load(path)
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert not ring.sandbox
    assert len(ring.vault_keys) == 3
    assert all(key_id in said for key_id in ring.vault_keys)
    assert not any(key in said for key in (*stored["vault_keys"].values(), stored["root"]))


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("mine", encoding="utf-8")

    answer = CliRunner().invoke(app, ["keys", "create", str(path)])

    assert isinstance(answer.exception, CommandError)
    assert path.read_text(encoding="utf-8") == "mine"
