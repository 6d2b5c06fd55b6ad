"""`altyn keys`: what it creates and refuses; it never prints a key."""

import json
from pathlib import Path

from typer.testing import CliRunner

from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.security.keys import KeyRing


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
