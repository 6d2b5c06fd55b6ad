"""The launcher: starts PostgreSQL on a folder or joins the one that runs there; stops what it owns.

Altyn needs no installed database, and neither kill -9 nor Ctrl-C loses data.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from altyn.embedded_postgres import locks
from altyn.embedded_postgres.binaries import Binaries, find_binaries
from altyn.embedded_postgres.cluster import make_cluster, write_configuration
from altyn.embedded_postgres.errors import ELSEWHERE, EmbeddedPostgresError
from altyn.embedded_postgres.layout import Layout, make_folder
from altyn.embedded_postgres.logs import clean_logs, last_lines, log_files
from altyn.embedded_postgres.programs import RunAs
from altyn.embedded_postgres.repeating_thread import RepeatingThread
from altyn.embedded_postgres.server import (
    Address,
    LockFile,
    find_running,
    is_server_of,
    read_lock_file,
    remove_leftovers,
)
from altyn.embedded_postgres.sockets import free_port, socket_folder
from altyn.embedded_postgres.unprivileged import choose_run_as

START_SECONDS: Final = 180.0
"""A start after a crash takes long: it replays up to `max_wal_size` of the write-ahead log."""

WAIT_SECONDS: Final = 60.0
"""How long processes of a killed or stopping server may take to leave the data directory."""

STOP_STEPS: Final = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 15.0))
"""Fast shutdown, then immediate shutdown, then kill, each with its time-out; the write-ahead log
makes all three safe."""

NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Server:
    """The server in use. `owned`: we stop it. `child`: set when this process started it."""

    address: Address
    pid: int
    owned: bool
    child: subprocess.Popen[bytes] | None


class EmbeddedPostgres:
    """PostgreSQL on a data folder.

    Processes that start on the same folder share one server. The process that started it owns it.
    An owner that stops while others use the server leaves it to them: the next of them that calls
    `start` or `stop` becomes the owner. The last one stops the server. When the owner was killed,
    the server keeps running, and is taken over in the same way. (A server whose data directory was
    deleted ends within a minute.) Ownership and use are locks, which the kernel releases when their
    process ends.

    `data_dir` is made if missing. Everything that the launcher makes is inside it, except for the
    socket's folder if its path is too long for a socket. `settings` are PostgreSQL settings, and
    override those of the launcher. Methods block; asyncio code calls them by `asyncio.to_thread`.
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
        self._sockets = _sockets  # False in tests: as on a file system without sockets
        self._lock = threading.Lock()
        self._binaries: Binaries | None = None
        self._server: _Server | None = None
        self._ownership: int | None = None
        self._use: int | None = None
        self._log_cleaner: RepeatingThread | None = None

    @property
    def url(self) -> str:
        return self._started().address.url

    @property
    def pid(self) -> int:
        """The pid of the server's first process."""
        return self._started().pid

    @property
    def owned(self) -> bool:
        """Whether `stop` will stop the server, if no other process uses it then."""
        return self._started().owned

    @property
    def bin_dir(self) -> Path:
        """Folder of the binaries in use (psql, pgbench, pg_dump)."""
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
        """Start the server, or join the one that runs on the folder; return the URL to connect to.

        A second call checks that the server still answers, starts it if it does not, and takes
        it over if its owner has ended.
        Refuses (EmbeddedPostgresError): no binaries, data of another major version or another user,
        root without another user to run it as, a server that does not answer (with the end of its
        log).
        """
        if sys.platform == "win32":
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL runs on Linux and macOS. On Windows use WSL, "
                f"or {ELSEWHERE}."
            )
        with self._lock:
            if self._server is None or not self._is_there(self._server):
                try:
                    self._layout.make_root()
                    self._refuse_data_of_another_user()
                    with locks.held(self._layout.start_lock, timeout_seconds=START_SECONDS):
                        self._server = self._join_or_launch()
                        self._use = self._use or locks.share(self._layout.use_lock)
                except OSError as error:
                    raise EmbeddedPostgresError(
                        f"PostgreSQL cannot be started in {self._layout.root}: {error}. Name a "
                        f"data folder that this user may write to, or {ELSEWHERE}."
                    ) from error
                if self._log_cleaner is None:
                    self._log_cleaner = clean_logs(self._layout.log)
            elif not self._server.owned:
                self._server = replace(self._server, owned=self._take_over())
            return self._server.address.url

    def stop(self) -> None:
        """Stop the server if no other process uses it: connections are closed, commits are kept.

        A server that was started by hand is never stopped. Idempotent.
        """
        with self._lock:
            server, self._server = self._server, None
            if self._log_cleaner is not None:
                self._log_cleaner.stop()
                self._log_cleaner = None
            try:
                if server is not None and self._stop_or_leave(server):
                    self._remove_socket_folder(server.address)
            finally:
                self._release_use()
                self._release_ownership()

    def _stop_or_leave(self, server: _Server) -> bool:
        """Stop the server unless others use it; whether it was stopped.

        No process starts to use it meanwhile: a start waits for the lock that is held here.
        """
        try:
            with locks.held(self._layout.start_lock, timeout_seconds=START_SECONDS):
                self._release_use()
                if locks.is_held(self._layout.use_lock):
                    if server.child is not None:
                        server.child.returncode = 0  # it lives on; Popen would warn of that
                    return False
                if not server.owned and not self._take_over():
                    return False
                self._halt(server.pid, server.child)
        except FileNotFoundError:  # the data folder was deleted
            if not server.owned:
                return False
            self._halt(server.pid, server.child)
        return True

    def _take_over(self) -> bool:
        """Own the server if a launcher started it and its owner has ended; whether we own it."""
        return locks.is_held(self._layout.server_lock) and self._claim_ownership()

    def _started(self) -> _Server:
        if self._server is None:
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL has not been started: call start()."
            )
        return self._server

    def _is_there(self, server: _Server) -> bool:
        """Whether this server still answers; false if another one replaced it."""
        found = read_lock_file(self._layout)
        return found is not None and found.pid == server.pid and server.address.answers()

    def _find_binaries(self) -> Binaries:
        return find_binaries(self._configured, data_major=self._layout.cluster_major())

    def _join_or_launch(self) -> _Server:
        """Join a server that answers; launch one when no server process is left in the folder."""
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
                    os.close(lock)  # from now on the server's processes hold it
            time.sleep(locks.PAUSE_SECONDS)
        found = read_lock_file(self._layout)
        raise EmbeddedPostgresError(
            f"A PostgreSQL on {self._layout.cluster} does not answer, and does not end "
            f"(process {found.pid if found else 'unknown'}). End it, then start again. The end of "
            f"its log:\n{self._log_end()}"
        )

    def _join(self, running: LockFile) -> _Server:
        """Use a running server; own it if a launcher started it and its owner has ended.

        A server that was started by hand does not hold our lock, and is never owned.
        """
        known = self._server if self._server and self._server.pid == running.pid else None
        if known is None:
            self._forget_dead_server()
        child = known.child if known else None
        owned = self._take_over()
        return _Server(running.address(self._layout.password), running.pid, owned, child)

    def _launch(self, lock: int) -> _Server:
        layout = self._layout
        found = self._find_binaries()
        run_as, binaries = choose_run_as(layout, found)
        self._binaries = binaries
        if layout.cluster_owner() is None:
            make_cluster(layout, binaries, run_as, keep_open=lock)
        make_folder(layout.log, uid=run_as.uid)
        address = self._choose_address(run_as)
        remove_leftovers(layout, Path(address.host) if address.is_socket else None)
        write_configuration(layout, {**_listening(address), **self._settings})
        child = self._start_server(run_as, binaries, lock)
        try:
            self._wait_until_it_answers(child, address)
        except BaseException:
            self._halt(child.pid, child)
            raise
        self._forget_dead_server()
        layout.owner_lock.unlink(missing_ok=True)  # its holder owned a server that ended
        return _Server(address, child.pid, owned=self._claim_ownership(), child=child)

    def _forget_dead_server(self) -> None:
        """Forget the old server: another one runs now, so the old one has ended or is ending."""
        if self._server is not None and self._server.child is not None:
            self._server.child.wait(timeout=WAIT_SECONDS)
        self._server = None
        self._release_ownership()

    def _refuse_data_of_another_user(self) -> None:
        """Raise EmbeddedPostgresError for data of another user, unless we are root."""
        owner, uid = self._layout.cluster_owner(), os.geteuid()
        if uid != 0 and owner not in (None, uid):
            raise EmbeddedPostgresError(
                f"{self._layout.cluster} belongs to uid {owner}, but Altyn runs as uid {uid}. "
                "Start Altyn as the user that made it, or name another data folder."
            )

    def _choose_address(self, run_as: RunAs) -> Address:
        port = int(self._settings.get("port", "5432"))
        folder = socket_folder(self._layout, run_as, port=port) if self._sockets else None
        if folder is not None:
            return Address(str(folder), port)
        password = self._layout.password.read_text(encoding="utf-8")
        return Address("127.0.0.1", free_port(), password)

    def _start_server(
        self, run_as: RunAs, binaries: Binaries, lock: int
    ) -> subprocess.Popen[bytes]:
        layout = self._layout
        layout.start_log.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        output = os.open(layout.start_log, flags, 0o600)
        try:
            configuration = f"config_file={layout.configuration}"
            return run_as.start(
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
                    f"{child.returncode}). Its output:\n{self._log_end()}"
                )
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL in {self._layout.cluster} did not answer within "
                    f"{START_SECONDS:.0f} s. The end of its log:\n{self._log_end()}"
                )
            time.sleep(locks.PAUSE_SECONDS)

    def _log_end(self) -> str:
        return last_lines(self._layout.start_log, *log_files(self._layout.log)[-1:])

    def _halt(self, pid: int, child: subprocess.Popen[bytes] | None) -> None:
        """End the server. A pid gets a signal only while it certainly belongs to the server."""
        for step, timeout_seconds in STOP_STEPS:
            deadline = time.monotonic() + timeout_seconds
            if child is not None:
                child.send_signal(step)  # does nothing to a child that has ended
            elif is_server_of(pid, self._layout):
                os.kill(pid, step)
            while time.monotonic() < deadline:
                gone = child.poll() is not None if child else not is_server_of(pid, self._layout)
                if gone:
                    return
                time.sleep(locks.PAUSE_SECONDS)
        raise EmbeddedPostgresError(
            f"PostgreSQL (process {pid}) on {self._layout.cluster} does not end after SIGKILL."
        )

    def _remove_socket_folder(self, address: Address) -> None:
        """Remove our folder in the system's temporary folder, unless a server uses it."""
        folder = Path(address.host)
        if not address.is_socket or folder == self._layout.run:
            return
        start_lock = locks.take(self._layout.start_lock)
        if start_lock is None:
            return
        try:
            if not locks.is_held(self._layout.server_lock):
                folder.rmdir()
        except OSError:
            return  # not empty: another process uses it
        finally:
            os.close(start_lock)

    def _claim_ownership(self) -> bool:
        if self._ownership is None:
            self._ownership = locks.take(self._layout.owner_lock)
        return self._ownership is not None

    def _release_use(self) -> None:
        if self._use is not None:
            os.close(self._use)
            self._use = None

    def _release_ownership(self) -> None:
        if self._ownership is not None:
            os.close(self._ownership)
            self._ownership = None


def _listening(address: Address) -> Mapping[str, str]:
    """Settings for a socket without TCP, or for TCP on loopback without a socket."""
    return {
        "port": str(address.port),
        "listen_addresses": "" if address.is_socket else address.host,
        "unix_socket_directories": address.host if address.is_socket else "",
    }
