"""The key file: created once, read only when private, rotated without losing a key."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from altyn.security.keys import KeyFileError, KeyRing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "created" / "keys.json"


def edit(path: Path, changes: dict[str, Any]) -> None:
    content = json.loads(path.read_text()) | changes
    path.write_text(
        json.dumps({name: value for name, value in content.items() if value is not None})
    )


def test_created_file_is_private_and_reads_back_the_same(path: Path) -> None:
    created = KeyRing.create(path)

    assert KeyRing.load(path) == created
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["keys.json"], (
        "no temporary file is left"
    )


def test_loose_umask_does_not_open_the_file(path: Path) -> None:
    before = os.umask(0)
    try:
        KeyRing.create(path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_creating_again_changes_nothing(path: Path) -> None:
    created = KeyRing.create(path)

    assert KeyRing.create(path) == created


def test_file_records_whether_it_was_created_for_a_sandbox(path: Path, tmp_path: Path) -> None:
    assert KeyRing.create(path).sandbox
    assert not KeyRing.create(tmp_path / "production.json", sandbox=False).sandbox


def _create(path: Path) -> tuple[str, bytes]:
    ring = KeyRing.create(path)
    return ring.active, ring.root


def test_processes_that_start_together_create_one_file(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        for number in range(20):
            created = processes.map(_create, [tmp_path / f"{number}.json"] * 2)
            assert len(set(created)) == 1


def test_loser_of_the_race_uses_the_file_of_the_winner(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = KeyRing.create(path)
    # The loser checked before the winner had written its file.
    monkeypatch.setattr(Path, "exists", lambda _self: False)

    assert KeyRing.create(path) == winner
    assert [found.name for found in path.parent.iterdir()] == ["keys.json"]


def test_rotation_adds_an_active_key_and_keeps_everything_else(path: Path) -> None:
    old = KeyRing.create(path)
    new = KeyRing.rotate(path)

    assert new.active != old.active
    assert set(new.vault_keys) == {old.active, new.active}
    assert new.vault_keys[old.active] == old.vault_keys[old.active]
    assert new.vault_keys[new.active] != old.vault_keys[old.active]
    assert (new.fingerprint_key, new.root) == (old.fingerprint_key, old.root)
    assert KeyRing.load(path) == new
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_concurrent_rotations_keep_all_keys(path: Path) -> None:
    KeyRing.create(path)

    with ThreadPoolExecutor(8) as threads:
        rings = list(threads.map(lambda _: KeyRing.rotate(path), range(24)))

    kept = KeyRing.load(path).vault_keys
    assert len(kept) == 25
    assert {ring.active for ring in rings} < set(kept)


def test_staged_key_is_not_active_until_it_is_activated(path: Path) -> None:
    old = KeyRing.create(path)
    staged = KeyRing.stage(path)
    (new,) = set(staged.vault_keys) - set(old.vault_keys)

    assert staged.active == old.active
    assert KeyRing.activate(path, new).active == new
    assert KeyRing.load(path).active == new


def test_unknown_key_is_not_activated(path: Path) -> None:
    ring = KeyRing.create(path)

    with pytest.raises(KeyFileError, match=f"has no key k9.*{ring.active}"):
        KeyRing.activate(path, "k9")
    assert KeyRing.load(path) == ring


def test_rotation_follows_a_link_to_the_file(path: Path, tmp_path: Path) -> None:
    KeyRing.create(path)
    link = tmp_path / "link.json"
    link.symlink_to(path)

    rotated = KeyRing.rotate(link)

    assert link.is_symlink()
    assert KeyRing.load(path) == rotated


def test_secrets_are_derived_by_purpose(path: Path, tmp_path: Path) -> None:
    ring = KeyRing.create(path)

    assert len(ring.derive("account cookies")) == 32
    assert ring.derive("account cookies") == KeyRing.load(path).derive("account cookies")
    assert ring.derive("account cookies") != ring.derive("links")
    assert ring.derive("links") == KeyRing.rotate(path).derive("links")
    assert ring.derive("links") != KeyRing.create(tmp_path / "another").derive("links")


def test_ring_does_not_print_its_keys(path: Path) -> None:
    ring = KeyRing.create(path)
    printed = f"{ring} {ring!r}"

    assert ring.active in printed
    for secret in (*ring.vault_keys.values(), ring.fingerprint_key, ring.root):
        assert repr(secret)[2:-1] not in printed
        assert secret.hex() not in printed


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_file_accessible_to_others_is_refused_with_a_remedy(path: Path, mode: int) -> None:
    KeyRing.create(path)
    path.chmod(mode)

    with pytest.raises(KeyFileError) as refused:
        KeyRing.load(path)
    assert refused.value.where == path
    assert f"{mode:04o}" in refused.value.what
    assert f"chmod 600 {path}" in refused.value.remedy
    with pytest.raises(KeyFileError):
        KeyRing.create(path)
    with pytest.raises(KeyFileError):
        KeyRing.rotate(path)


def test_missing_file_is_reported(path: Path) -> None:
    for use in (KeyRing.load, KeyRing.rotate):
        with pytest.raises(KeyFileError, match=r"missing.*altyn keys create"):
            use(path)


def test_folder_or_pipe_is_refused(path: Path) -> None:
    path.mkdir(parents=True, mode=0o700)
    with pytest.raises(KeyFileError, match="not a file"):
        KeyRing.load(path)

    pipe = path / "pipe"
    os.mkfifo(pipe, 0o600)
    with pytest.raises(KeyFileError, match="not a file"):
        KeyRing.load(pipe)


def test_unreadable_file_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as root, who may read everything.
    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    KeyRing.create(path)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(KeyFileError, match=r"Permission denied.*user that Altyn runs as"):
        KeyRing.load(path)


def test_unwritable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(KeyFileError, match="cannot be written"):
        KeyRing.create(tmp_path / "file" / "keys.json")


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "altyn-keys-2"},
        {"made_for": "fun"},
        {"active": "k9"},
        {"active": None},
        {"root": None},
        {"root": "c2hvcnQ="},
        {"fingerprint_key": "not base64!"},
        {"fingerprint_key": ""},
        {"vault_keys": {}},
        {"vault_keys": {"k1": "c2hvcnQ="}},
        {"more": 1},
    ],
    ids=str,
)
def test_malformed_file_is_refused(path: Path, changes: dict[str, Any]) -> None:
    KeyRing.create(path)
    edit(path, changes)

    with pytest.raises(KeyFileError, match=r"malformed.*Restore"):
        KeyRing.load(path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"root": "QUJD'])
def test_other_content_is_refused_without_being_quoted(path: Path, content: bytes) -> None:
    KeyRing.create(path)
    path.write_bytes(content)

    with pytest.raises(KeyFileError, match="malformed") as refused:
        KeyRing.load(path)
    assert "QUJD" not in str(refused.value)
    assert refused.value.__cause__ is None
