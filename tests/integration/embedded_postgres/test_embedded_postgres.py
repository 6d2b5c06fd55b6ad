"""The embedded PostgreSQL with real processes, signals and uids: start, stop, kill, and users."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

import altyn
from altyn.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from altyn.embedded_postgres.binaries import copy_binaries, find_binaries

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root has to run the server as another user")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder made once: copies of it start in a tenth of the time."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    postgres.stop()
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that every uid may pass through; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="altyn-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def namespaces_forbidden(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    """As in a container that does not allow user namespaces."""
    forbidden = open_folder / "unshare"
    forbidden.write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2; exit 1\n")
    forbidden.chmod(0o755)
    monkeypatch.setenv("PATH", str(open_folder), prepend=os.pathsep)


def ask(url: str, *statements: str) -> str:
    """Run statements one by one; the last one's first value, as text."""

    async def run() -> str:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return str(await connection.fetchval(statements[-1]))
        finally:
            await connection.close()

    return asyncio.run(run())


def wait_until(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def owners_and_modes(*folders: Path) -> dict[Path, tuple[int, int, int]]:
    paths = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    states = {path: path.lstat() for path in paths}
    return {path: (one.st_uid, one.st_gid, one.st_mode) for path, one in states.items()}


def test_new_folder_answers_keeps_its_data_and_changes_nothing_outside(tmp_path: Path) -> None:
    neighbour = tmp_path / "neighbour"
    neighbour.mkdir(mode=0o750)
    postgres = EmbeddedPostgres(tmp_path / "data", settings={"work_mem": "5MB"})
    (tmp_path / "data" / "cluster.unfinished").mkdir(parents=True)  # a start killed in initdb
    before = owners_and_modes(tmp_path, postgres.bin_dir.parent)

    url = postgres.start()
    assert postgres.url == url
    assert postgres.owned
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "timezone": "UTC",
        "max_connections": "100",
        "listen_addresses": "",
        "work_mem": "5MB",
    }
    shown = {name: ask(url, f"SHOW {name}") for name in wanted}
    ask(url, "CREATE TABLE kept AS SELECT lower('Ж') AS letter", "SELECT 1")
    pid = postgres.pid
    socket_folder = Path(url.partition("host=")[2].partition("&")[0].replace("%2F", "/"))
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert os.getsid(pid) == os.getpgid(pid) != os.getsid(0)  # out of reach of Ctrl-C
    postgres.stop()
    postgres.stop()

    assert shown == wanted
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(EmbeddedPostgresError, match="start"):
        _ = postgres.url
    assert ask(postgres.start(), "SELECT letter FROM kept") == "ж"
    postgres.stop()

    after = owners_and_modes(tmp_path, postgres.bin_dir.parent)
    assert {path: after[path] for path in before if "cluster" not in path.name} == {
        path: before[path] for path in before if "cluster" not in path.name
    }


def test_committed_rows_survive_a_killed_server(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        ask(postgres.url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
        first = postgres.pid
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not _answers(postgres.url))

        assert ask(postgres.start(), "SELECT n FROM kept") == "7"
        assert postgres.pid != first
        assert postgres.owned


def _answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == "1"
    except (OSError, asyncpg.PostgresError):
        return False


def test_left_over_lock_file_with_a_reused_pid_is_removed(data: Path) -> None:
    stranger = f"{os.getpid()}\n{data / 'cluster'}\n1\n5432\n{data / 'run'}\n\n 1 1\nready   \n"
    (data / "cluster" / "postmaster.pid").write_text(stranger)
    (data / "run" / ".s.PGSQL.5432.lock").write_text(stranger)

    with EmbeddedPostgres(data) as postgres:
        assert postgres.pid != os.getpid()
        assert ask(postgres.url, "SELECT 1") == "1"


def test_two_starts_on_one_folder_share_a_server_that_its_owner_stops(tmp_path: Path) -> None:
    both = [EmbeddedPostgres(tmp_path / "new"), EmbeddedPostgres(tmp_path / "new")]
    threads = [threading.Thread(target=one.start) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    guest, owner = sorted(both, key=lambda one: one.owned)

    assert [guest.owned, owner.owned] == [False, True]
    assert guest.pid == owner.pid
    url = guest.url
    guest.stop()
    assert _answers(url)
    owner.stop()
    assert not _answers(url)


def test_owner_that_stops_leaves_the_server_to_another_user(data: Path) -> None:
    first, second, third = (EmbeddedPostgres(data) for _ in range(3))
    url, pid = first.start(), first.pid
    second.start()
    third.start()

    first.stop()
    assert _answers(url)
    second.start()  # as a gateway does every few seconds
    assert (second.pid, second.owned) == (pid, True)
    second.stop()
    assert _answers(url)
    third.stop()  # takes it over only now
    assert not _answers(url)


def test_user_that_restarts_the_server_owns_it(data: Path) -> None:
    with EmbeddedPostgres(data) as first, EmbeddedPostgres(data) as second:
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not _answers(second.url))
        second.start()
        first.start()
        assert (first.owned, second.owned) == (False, True)
        first.stop()
        assert _answers(second.url)


def test_server_of_a_killed_process_gets_a_new_owner(data: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from altyn.embedded_postgres import EmbeddedPostgres\n"
        "postgres = EmbeddedPostgres(Path(sys.argv[1])); postgres.start()\n"
        "print(postgres.pid, flush=True); time.sleep(600)\n"
    )
    source = str(Path(altyn.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", script, str(data)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    ) as killed:
        assert killed.stdout is not None
        pid = int(killed.stdout.readline())
        guest = EmbeddedPostgres(data)
        guest.start()
        assert (guest.pid, guest.owned) == (pid, False)
        killed.kill()

    heir = EmbeddedPostgres(data)
    heir.start()
    assert (heir.pid, heir.owned) == (pid, True)
    heir.stop()
    url = guest.url
    assert _answers(url)  # the guest still uses it
    guest.stop()
    assert not _answers(url)


def test_data_folder_too_long_for_a_socket_uses_the_temporary_folder(
    made: Path, tmp_path: Path
) -> None:
    long = tmp_path / ("folder" * 20) / "data, 'quoted'"
    shutil.copytree(made, long)
    with EmbeddedPostgres(long) as postgres:
        folder = Path(ask(postgres.url, "SHOW unix_socket_directories"))
        assert ask(postgres.url, "SELECT 1") == "1"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_without_sockets_it_listens_on_loopback_and_requires_the_password(data: Path) -> None:
    with EmbeddedPostgres(data, _sockets=False) as postgres, EmbeddedPostgres(data) as guest:
        assert "@127.0.0.1:" in postgres.url
        assert guest.url == postgres.url
        assert ask(postgres.url, "SELECT 1") == "1"
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(_other_password(postgres.url), "SELECT 1")


def _other_password(url: str) -> str:
    return f"postgresql://altyn:guess@{url.partition('@')[2]}"


def test_data_of_another_major_version_are_refused(data: Path) -> None:
    (data / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedPostgresError, match=r"written by PostgreSQL 12.* 18\.\d+ in "):
        EmbeddedPostgres(data).start()


def test_server_that_does_not_start_reports_its_log(data: Path) -> None:
    postgres = EmbeddedPostgres(data, settings={"shared_buffers": "plenty"})
    with pytest.raises(EmbeddedPostgresError, match="shared_buffers"):
        postgres.start()
    postgres.stop()
    with EmbeddedPostgres(data) as repaired:
        assert _answers(repaired.url)


def test_file_as_data_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match="cannot be started in"):
        EmbeddedPostgres(tmp_path / "file" / "data").start()


# Root and others


def in_a_process_of(account: pwd.struct_passwd, work: Callable[[], None]) -> None:
    """Do the work in a forked process as that user; everything it imports is in memory already."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            work()
        except BaseException:  # noqa: BLE001  # a forked child must not go on as pytest
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


@needs_root
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_ordinary_user_runs_it_under_its_own_uid(open_folder: Path) -> None:
    ordinary_user = pwd.getpwnam("nobody")
    reachable = copy_binaries(find_binaries(None, data_major=None), open_folder / "binaries")
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, ordinary_user.pw_uid, ordinary_user.pw_gid)

    def work() -> None:
        with EmbeddedPostgres(home / "data", binaries=reachable.folder) as postgres:
            program = [str(reachable.folder / "psql"), postgres.url, "-Atc", "SELECT 6 * 7"]
            assert subprocess.check_output(program, cwd="/") == b"42\n"

    in_a_process_of(ordinary_user, work)

    made = owners_and_modes(home / "data").values()
    assert {uid for uid, _, _ in made} == {ordinary_user.pw_uid}
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


@needs_root
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_data_of_another_user_are_refused(open_folder: Path) -> None:
    (open_folder / "data").mkdir(mode=0o777)
    (open_folder / "data").chmod(0o777)
    (open_folder / "data" / "cluster").mkdir(mode=0o700)

    def work() -> None:
        with pytest.raises(EmbeddedPostgresError, match="belongs to uid 0"):
            EmbeddedPostgres(open_folder / "data").start()

    in_a_process_of(pwd.getpwnam("nobody"), work)


@needs_root
def test_root_without_namespaces_uses_an_unprivileged_uid_and_a_copy(
    open_folder: Path, namespaces_forbidden: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    out_of_reach = copy_binaries(find_binaries(None, data_major=None), closed)
    before = owners_and_modes(open_folder)

    def start() -> EmbeddedPostgres:
        postgres = EmbeddedPostgres(open_folder / "data", binaries=out_of_reach.folder)
        postgres.start()
        return postgres

    postgres = start()
    uid = (open_folder / "data" / "cluster").stat().st_uid
    assert uid != 0
    assert f"\nUid:\t{uid}\t" in Path(f"/proc/{postgres.pid}/status").read_text()
    assert postgres.bin_dir.is_relative_to(open_folder / "data" / "binaries")
    ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
    os.kill(postgres.pid, signal.SIGKILL)
    wait_until(lambda: not _answers(postgres.url))

    again = start()
    assert ask(again.url, "SELECT n FROM kept") == "7"
    again.stop()
    postgres.stop()

    # Where namespaces are open after all, the data's owner still decides.
    monkeypatch.undo()
    with EmbeddedPostgres(open_folder / "data") as as_owner:
        assert ask(as_owner.url, "SELECT n FROM kept") == "7"

    after = owners_and_modes(open_folder)
    assert {path: after[path] for path in before} == before


@needs_root
def test_root_without_a_possible_user_gets_a_remedy(
    tmp_path: Path, namespaces_forbidden: None
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(
        EmbeddedPostgresError, match=r"not permitted.*cannot pass .*ALTYN_DATABASE_URL"
    ):
        EmbeddedPostgres(closed / "data").start()


@needs_root
def test_root_in_a_namespace_leaves_everything_to_root(data: Path) -> None:
    with EmbeddedPostgres(data):
        assert {uid for uid, _, _ in owners_and_modes(data).values()} == {0}
