"""How to run PostgreSQL, which refuses root, when Altyn is root (containers, CI).
It exists to do so without making a user and without touching what the launcher did not make."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from altyn.embedded_postgres.binaries import Binaries, copy_binaries, read_version
from altyn.embedded_postgres.errors import ELSEWHERE, EmbeddedPostgresError
from altyn.embedded_postgres.layout import Layout, make_folder
from altyn.embedded_postgres.programs import Way

if sys.platform != "win32":  # the launcher refuses Windows by a sentence, not by an ImportError
    import pwd

FAVOURED_ACCOUNTS = ("postgres", "nobody")


class _NotThisWayError(Exception):
    """A way which is closed; the text says why."""


def choose_way(layout: Layout, binaries: Binaries) -> tuple[Way, Binaries]:
    """As whom the server shall run, and the binaries which it can reach then.

    An ordinary user runs it as himself. Root tries a user namespace, in which root's own files
    appear as an ordinary user's, then an unprivileged uid. Data already there decide: whoever owns
    them must open them.
    Refuses: neither way open to root.
    """
    if os.geteuid() != 0:
        return Way(), binaries
    owner = layout.cluster_owner()
    closed: list[str] = []
    for attempt in (_user_namespace, _other_uid):
        try:
            return attempt(layout, binaries, owner=owner)
        except _NotThisWayError as reason:
            closed.append(str(reason))
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and no way around is open for {layout.root}. "
        f"In a user namespace: {closed[0]}. As an unprivileged user: {closed[1]}. "
        f"Run Altyn as an ordinary user, or {ELSEWHERE}."
    )


def _user_namespace(
    layout: Layout, binaries: Binaries, *, owner: int | None
) -> tuple[Way, Binaries]:
    """First way: `unshare` maps us to an ordinary account; on disk everything stays root's."""
    if owner not in (None, 0):
        raise _NotThisWayError(f"{layout.cluster} belongs to uid {owner}, not to root")
    unshare = shutil.which("unshare")
    if unshare is None:
        raise _NotThisWayError("there is no 'unshare' program")
    account = _ordinary_account()
    obstacle = first_obstacle(layout.root, uid=0, gid=0)
    if obstacle is not None:
        raise _NotThisWayError(f"root without its privileges cannot pass {obstacle}")
    mapped = (f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
    way = Way("a user namespace", prefix=(unshare, "--user", *mapped, "--"))
    try:
        return way, read_version(binaries.folder, way)
    except EmbeddedPostgresError as error:
        raise _NotThisWayError(str(error)) from error


def _other_uid(layout: Layout, binaries: Binaries, *, owner: int | None) -> tuple[Way, Binaries]:
    """Second way: the server runs as the owner of its data (of the data folder, when they are new),
    with a copy of the binaries under the data folder if it cannot reach the original."""
    if owner == 0:
        raise _NotThisWayError(
            f"{layout.cluster} belongs to root; 'chown -R' it to an ordinary user to go this way"
        )
    uid = layout.root.stat().st_uid if owner is None else owner
    account = _account(uid) if uid != 0 else _ordinary_account()
    way = Way(f"uid {account.pw_uid} ({account.pw_name})", uid=account.pw_uid, gid=account.pw_gid)
    obstacle = first_obstacle(layout.root, uid=account.pw_uid, gid=account.pw_gid)
    if obstacle is not None:
        raise _NotThisWayError(
            f"{way.name} cannot pass {obstacle}; name a data folder which it can reach, "
            "such as /var/lib/altyn"
        )
    try:
        return way, read_version(binaries.folder, way)
    except EmbeddedPostgresError:
        pass  # out of its reach, as in a closed home: it gets a copy
    try:
        make_folder(layout.binaries, mode=0o755)
        return way, read_version(copy_binaries(binaries, layout.binaries).folder, way)
    except (EmbeddedPostgresError, OSError, subprocess.SubprocessError) as error:
        raise _NotThisWayError(f"{way.name} cannot run the binaries: {error}") from error


def _ordinary_account() -> "pwd.struct_passwd":
    """An account which is there already: initdb wants a name for the uid it runs as."""
    accounts = {one.pw_name: one for one in reversed(pwd.getpwall()) if one.pw_uid != 0}
    for name in (*FAVOURED_ACCOUNTS, *reversed(accounts)):
        if name in accounts:
            return accounts[name]
    raise _NotThisWayError("the system knows no user but root (/etc/passwd)")


def _account(uid: int) -> "pwd.struct_passwd":
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise _NotThisWayError(f"the data belong to uid {uid}, which has no account") from None


def first_obstacle(folder: Path, *, uid: int, gid: int) -> Path | None:
    """The outermost folder on the way to `folder` (itself included) which a process without
    privileges may not pass; None when the way is free."""
    for step in (*reversed(folder.parents), folder):
        found = step.stat()
        if found.st_uid == uid:
            passes = found.st_mode & stat.S_IXUSR
        elif found.st_gid == gid:
            passes = found.st_mode & stat.S_IXGRP
        else:
            passes = found.st_mode & stat.S_IXOTH
        if not passes:
            return step
    return None
