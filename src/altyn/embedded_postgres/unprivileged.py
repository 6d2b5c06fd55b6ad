"""Chooses the user for PostgreSQL, which refuses root, when Altyn runs as root (containers, CI).

It creates no user, and changes only what the launcher made.
"""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from altyn.embedded_postgres.binaries import Binaries, copy_binaries, read_version
from altyn.embedded_postgres.errors import ELSEWHERE, EmbeddedPostgresError
from altyn.embedded_postgres.layout import Layout, make_folder
from altyn.embedded_postgres.programs import RunAs

if sys.platform != "win32":  # on Windows the launcher raises its own error, not an ImportError
    import pwd

PREFERRED_ACCOUNTS = ("postgres", "nobody")


class _NotPossibleError(Exception):
    """The server cannot run as this user; the text says why."""


def choose_run_as(layout: Layout, binaries: Binaries) -> tuple[RunAs, Binaries]:
    """The user that runs the server, and the binaries that this user can reach.

    An ordinary user runs it under its own uid. Root tries a user namespace, in which root's files
    appear as an ordinary user's, then an unprivileged uid. Only their owner can open existing data.
    Refuses: root, if neither is possible.
    """
    if os.geteuid() != 0:
        return RunAs(), binaries
    owner = layout.cluster_owner()
    reasons: list[str] = []
    for attempt in (_user_namespace, _other_uid):
        try:
            return attempt(layout, binaries, owner=owner)
        except _NotPossibleError as reason:
            reasons.append(str(reason))
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and no other user can run it in {layout.root}. "
        f"In a user namespace: {reasons[0]}. As an unprivileged user: {reasons[1]}. "
        f"Run Altyn as an ordinary user, or {ELSEWHERE}."
    )


def _user_namespace(
    layout: Layout, binaries: Binaries, *, owner: int | None
) -> tuple[RunAs, Binaries]:
    """`unshare` maps root to an ordinary account; on the disk all files still belong to root."""
    if owner not in (None, 0):
        raise _NotPossibleError(f"{layout.cluster} belongs to uid {owner}, not to root")
    unshare = shutil.which("unshare")
    if unshare is None:
        raise _NotPossibleError("there is no 'unshare' program")
    account = _ordinary_account()
    obstacle = first_obstacle(layout.root, uid=0, gid=0)
    if obstacle is not None:
        raise _NotPossibleError(f"root without its privileges cannot pass {obstacle}")
    mapped = (f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
    run_as = RunAs("a user namespace", prefix=(unshare, "--user", *mapped, "--"))
    try:
        return run_as, read_version(binaries.folder, run_as)
    except EmbeddedPostgresError as error:
        raise _NotPossibleError(str(error)) from error


def _other_uid(layout: Layout, binaries: Binaries, *, owner: int | None) -> tuple[RunAs, Binaries]:
    """The server runs as the owner of its data, or of the data folder if the data are new.

    If that user cannot reach the binaries, it gets a copy of them under the data folder.
    """
    if owner == 0:
        raise _NotPossibleError(
            f"{layout.cluster} belongs to root; 'chown -R' it to an ordinary user to run "
            "the server as that user"
        )
    uid = layout.root.stat().st_uid if owner is None else owner
    account = _account(uid) if uid != 0 else _ordinary_account()
    run_as = RunAs(
        f"uid {account.pw_uid} ({account.pw_name})", uid=account.pw_uid, gid=account.pw_gid
    )
    obstacle = first_obstacle(layout.root, uid=account.pw_uid, gid=account.pw_gid)
    if obstacle is not None:
        raise _NotPossibleError(
            f"{run_as.name} cannot pass {obstacle}; name a data folder that it can reach, "
            "such as /var/lib/altyn"
        )
    try:
        return run_as, read_version(binaries.folder, run_as)
    except EmbeddedPostgresError:
        pass  # the user cannot reach them, as in a closed home folder, and gets a copy
    try:
        make_folder(layout.binaries, mode=0o755)
        return run_as, read_version(copy_binaries(binaries, layout.binaries).folder, run_as)
    except (EmbeddedPostgresError, OSError, subprocess.SubprocessError) as error:
        raise _NotPossibleError(f"{run_as.name} cannot run the binaries: {error}") from error


def _ordinary_account() -> "pwd.struct_passwd":
    """An existing account: initdb needs a name for the uid that it runs as."""
    accounts = {one.pw_name: one for one in reversed(pwd.getpwall()) if one.pw_uid != 0}
    for name in (*PREFERRED_ACCOUNTS, *reversed(accounts)):
        if name in accounts:
            return accounts[name]
    raise _NotPossibleError("the system has no user other than root (/etc/passwd)")


def _account(uid: int) -> "pwd.struct_passwd":
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise _NotPossibleError(f"the data belong to uid {uid}, which has no account") from None


def first_obstacle(folder: Path, *, uid: int, gid: int) -> Path | None:
    """The outermost folder of the path (`folder` included) that a process of this uid and gid
    cannot pass; None when it can pass all of them."""
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
