"""The launcher: starts PostgreSQL on a folder, finds one which runs there, stops its own.
It exists so that Altyn needs no database installed, and no kill -9 or Ctrl-C costs data."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from altyn.embedded_postgres import locks
from altyn.embedded_postgres.binaries import Binaries, find_binaries
from altyn.embedded_postgres.cluster import make_cluster, write_configuration
from altyn.embedded_postgres.errors import ELSEWHERE, EmbeddedPostgresError
from altyn.embedded_postgres.layout import Layout, make_folder
from altyn.embedded_postgres.logs import LogKeeper, last_lines, log_files
from altyn.embedded_postgres.programs import Way
from altyn.embedded_postgres.server import (
    Address,
    LockFile,
    clear_left_overs,
    find_running,
    is_server_of,
    read_lock_file,
)
from altyn.embedded_postgres.sockets import free_port, socket_folder
from altyn.embedded_postgres.unprivileged import choose_way

START_SECONDS: Final = 180.0
"""A start after a crash replays up to `max_wal_size` of log first."""

WAIT_SECONDS: Final = 60.0
"""For processes of a killed or stopping server to leave the data directory."""

STOP_STEPS: Final = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 15.0))
"""Fast shutdown; if that hangs, an immediate one, then a kill: the log makes both safe."""

NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Server:
    """The server in use. `owned`: it is ours to stop. `child`: this very process started it."""

    address: Address
    pid: int
    owned: bool
    child: subprocess.Popen[bytes] | None


class EmbeddedPostgres:
    """PostgreSQL on a folder of ours.

    Processes which start on the same folder share one server. The one which started it owns it and
    stops it; the others only use it. When the owner was killed, the server goes on serving, and the
    next process to start on the folder becomes its owner: nothing is lost, nothing blocks, and
    nothing stays behind longer than until then. (A server whose data directory was deleted ends by
    itself within a minute.) Ownership is a lock which the kernel releases at the owner's death.

    `data_dir` is made if missing; all the launcher makes is inside it, but for the socket's folder
    where that path is too long for a socket. `settings` are PostgreSQL's, laid over the launcher's.
    Methods block; from asyncio call them by `asyncio.to_thread`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Path | None = None,
        settings: Mapping[str, str] = NO_SETTINGS,
        _sockets: bool = True,
    ) -> None:
        self._layout = Layout(data_dir.expanduser().resolve())
        self._configured = binaries
        self._settings = dict(settings)
        self._sockets = _sockets  # False in tests: as if no file system knew them
        self._turn = threading.Lock()
        self._binaries: Binaries | None = None
        self._server: _Server | None = None
        self._ownership: int | None = None
        self._log_keeper: LogKeeper | None = None

    @property
    def url(self) -> str:
        return self._started().address.url

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        return self._started().pid

    @property
    def owned(self) -> bool:
        """Whether `stop` will stop the server."""
        return self._started().owned

    @property
    def bin_dir(self) -> Path:
        """Folder of the binaries in use (psql, pgbench, pg_dump); they find their own libraries."""
        if self._binaries is None:
            self._binaries = self._find_binaries()
        return self._binaries.folder

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, or join the one which runs on the folder; the URL to connect to.

        Called again it makes sure that the server still answers, and starts it if it does not.
        Refuses (EmbeddedPostgresError): no binaries, data of another major version or another user,
        no way to run as root, a server which does not come up (with the end of its log).
        """
        if sys.platform == "win32":
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL runs on Linux and macOS. On Windows use WSL, "
                f"or {ELSEWHERE}."
            )
        with self._turn:
            if self._server is None or not self._is_there(self._server):
                try:
                    self._layout.make_root()
                    self._refuse_data_of_another_user()
                    with locks.held(self._layout.start_lock, timeout_seconds=START_SECONDS):
                        self._server = self._join_or_launch()
                except OSError as error:
                    raise EmbeddedPostgresError(
                        f"PostgreSQL cannot be started in {self._layout.root}: {error}. Name a "
                        f"data folder which this user may write to, or {ELSEWHERE}."
                    ) from error
                if self._log_keeper is None:
                    self._log_keeper = LogKeeper(self._layout.log)
            return self._server.address.url

    def stop(self) -> None:
        """Stop the server if it is ours: connections are cut, committed work stays. Idempotent."""
        with self._turn:
            server, self._server = self._server, None
            if self._log_keeper is not None:
                self._log_keeper.stop()
                self._log_keeper = None
            try:
                if server is not None and server.owned:
                    self._halt(server.pid, server.child)
                    self._leave_socket_folder(server.address)
            finally:
                self._give_up_ownership()

    def _started(self) -> _Server:
        if self._server is None:
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL has not been started: call start()."
            )
        return self._server

    def _is_there(self, server: _Server) -> bool:
        """Whether this very server answers, not another one which came after it."""
        found = read_lock_file(self._layout)
        return found is not None and found.pid == server.pid and server.address.answers()

    def _find_binaries(self) -> Binaries:
        return find_binaries(self._configured, data_major=self._layout.cluster_major())

    def _join_or_launch(self) -> _Server:
        """Join whatever answers; launch when no process of a server is left in the folder."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            running = find_running(self._layout)
            if running is not None:
                return self._join(running)
            lock = locks.take(self._layout.server_lock)
            if lock is not None:
                try:
                    return self._launch(lock)
                finally:
                    os.close(lock)  # from here on the server's processes hold it
            time.sleep(locks.PAUSE_SECONDS)
        found = read_lock_file(self._layout)
        raise EmbeddedPostgresError(
            f"A PostgreSQL on {self._layout.cluster} neither answers nor ends "
            f"(process {found.pid if found else 'unknown'}). End it, then start again. Its log "
            f"ends:\n{self._log_end()}"
        )

    def _join(self, running: LockFile) -> _Server:
        """Use a running server; become its owner if a launcher started it and its owner is dead.
        A server somebody started by hand (it does not hold our lock) stays theirs."""
        known = self._server if self._server and self._server.pid == running.pid else None
        if known is None:
            self._forget_dead_server()
        child = known.child if known else None
        owned = locks.is_held(self._layout.server_lock) and self._claim_ownership()
        return _Server(running.address(self._layout.password), running.pid, owned, child)

    def _launch(self, lock: int) -> _Server:
        layout = self._layout
        found = self._find_binaries()
        way, binaries = choose_way(layout, found)
        self._binaries = binaries
        if layout.cluster_owner() is None:
            make_cluster(layout, binaries, way, keep_open=lock)
        make_folder(layout.log, uid=way.uid)
        address = self._place_to_listen(way)
        clear_left_overs(layout, Path(address.host) if address.is_socket else None)
        write_configuration(layout, {**_listening(address), **self._settings})
        child = self._start_server(way, binaries, lock)
        try:
            self._wait_until_it_answers(child, address)
        except BaseException:
            self._halt(child.pid, child)
            raise
        self._forget_dead_server()
        layout.owner_lock.unlink(missing_ok=True)  # whoever holds it owned a server which is gone
        return _Server(address, child.pid, owned=self._claim_ownership(), child=child)

    def _forget_dead_server(self) -> None:
        """Another server has come, so the one we used before is dead or just dying."""
        if self._server is not None and self._server.child is not None:
            self._server.child.wait(timeout=WAIT_SECONDS)
        self._server = None
        self._give_up_ownership()

    def _refuse_data_of_another_user(self) -> None:
        """Root may look into any folder; others are told whose it is before a file refuses them."""
        owner, us = self._layout.cluster_owner(), os.geteuid()
        if us != 0 and owner not in (None, us):
            raise EmbeddedPostgresError(
                f"{self._layout.cluster} belongs to uid {owner}, and we are uid {us}. Start Altyn "
                "as the user who made it, or name another data folder."
            )

    def _place_to_listen(self, way: Way) -> Address:
        port = int(self._settings.get("port", "5432"))
        folder = socket_folder(self._layout, way, port=port) if self._sockets else None
        if folder is not None:
            return Address(str(folder), port)
        password = self._layout.password.read_text(encoding="utf-8")
        return Address("127.0.0.1", free_port(), password)

    def _start_server(self, way: Way, binaries: Binaries, lock: int) -> subprocess.Popen[bytes]:
        layout = self._layout
        layout.first_words.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        output = os.open(layout.first_words, flags, 0o600)
        try:
            configuration = f"config_file={layout.configuration}"
            return way.start(
                [binaries.postgres, "-D", layout.cluster, "-c", configuration],
                output=output,
                keep_open=[lock],
            )
        finally:
            os.close(output)

    def _wait_until_it_answers(self, child: subprocess.Popen[bytes], address: Address) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            found = read_lock_file(self._layout)
            if found is not None and found.ready and address.answers():
                return
            if child.poll() is not None:
                raise EmbeddedPostgresError(
                    f"PostgreSQL ended while starting in {self._layout.cluster} (exit code "
                    f"{child.returncode}). It said:\n{self._log_end()}"
                )
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL in {self._layout.cluster} did not answer within "
                    f"{START_SECONDS:.0f} s. Its log ends:\n{self._log_end()}"
                )
            time.sleep(locks.PAUSE_SECONDS)

    def _log_end(self) -> str:
        return last_lines(self._layout.first_words, *log_files(self._layout.log)[-1:])

    def _halt(self, pid: int, child: subprocess.Popen[bytes] | None) -> None:
        """End the server, gently first. A pid is signalled only while it surely is the server's."""
        for step, patience_seconds in STOP_STEPS:
            deadline = time.monotonic() + patience_seconds
            if child is not None:
                child.send_signal(step)  # does nothing to a child already dead
            elif is_server_of(pid, self._layout):
                os.kill(pid, step)
            while time.monotonic() < deadline:
                gone = child.poll() is not None if child else not is_server_of(pid, self._layout)
                if gone:
                    return
                time.sleep(locks.PAUSE_SECONDS)
        raise EmbeddedPostgresError(
            f"PostgreSQL (process {pid}) on {self._layout.cluster} does not end, not even killed."
        )

    def _leave_socket_folder(self, address: Address) -> None:
        """Our folder in the system's temporary folder goes, unless somebody starts anew in it."""
        folder = Path(address.host)
        if not address.is_socket or folder == self._layout.run:
            return
        nobody_starts = locks.take(self._layout.start_lock)
        if nobody_starts is None:
            return
        try:
            if not locks.is_held(self._layout.server_lock):
                folder.rmdir()
        except OSError:
            return  # not empty: not only ours
        finally:
            os.close(nobody_starts)

    def _claim_ownership(self) -> bool:
        if self._ownership is None:
            self._ownership = locks.take(self._layout.owner_lock)
        return self._ownership is not None

    def _give_up_ownership(self) -> None:
        if self._ownership is not None:
            os.close(self._ownership)
            self._ownership = None


def _listening(address: Address) -> Mapping[str, str]:
    """A socket and no TCP at all, or TCP on loopback and no socket."""
    return {
        "port": str(address.port),
        "listen_addresses": "" if address.is_socket else address.host,
        "unix_socket_directories": address.host if address.is_socket else "",
    }
