"""Searches the memory of a running process for byte strings (Linux: `/proc/PID/mem`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

PIECE_BYTES: Final = 1 << 24
OVERLAP_BYTES: Final = 256
CONTEXT_BYTES: Final = 48


def memory_is_readable(pid: int) -> bool:
    """Whether this platform shows the memory of a process to its owner."""
    try:
        with Path(f"/proc/{pid}/mem").open("rb"):
            return True
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Found:
    """One place in the memory of a process: what was found, where, and the bytes around it."""

    text: bytes
    pid: int
    address: int
    region: str
    context: bytes

    def __str__(self) -> str:
        place = f"process {self.pid} at {self.address:#x} {self.region}"
        return f"{self.text!r} in {place}: {self.context!r}"


def regions_of(pid: int) -> Iterator[tuple[int, int, str]]:
    """The readable and writable regions: begin, end, name."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights.startswith("rw"):
            begin, end = (int(each, 16) for each in addresses.split("-"))
            yield begin, end, name[0] if name else "anonymous"


def pattern_of(texts: Iterable[bytes]) -> re.Pattern[bytes]:
    """Any of the texts; at least one."""
    longest_first = sorted(texts, key=len, reverse=True)
    assert longest_first, "a pattern of nothing is found everywhere"
    return re.compile(b"|".join(map(re.escape, longest_first)))


def search_memory(pid: int, pattern: re.Pattern[bytes], words: Sequence[bytes] = ()) -> list[Found]:
    """Every place of a pattern in the writable memory of a process.

    With `words` only places that begin with one of them are compared, which is faster.
    """
    found: dict[int, Found] = {}
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for begin, end, name in regions_of(pid):
            for start in range(begin, end, PIECE_BYTES - OVERLAP_BYTES):
                piece = _read(memory, start, min(PIECE_BYTES, end - start))
                for match in _matches(piece, pattern, words):
                    around = slice(
                        max(match.start() - CONTEXT_BYTES, 0), match.end() + CONTEXT_BYTES
                    )
                    address = start + match.start()
                    found[address] = Found(match[0], pid, address, name, piece[around])
    return list(found.values())


def _matches(
    piece: bytes, pattern: re.Pattern[bytes], words: Sequence[bytes]
) -> Iterator[re.Match[bytes]]:
    if not words:
        yield from pattern.finditer(piece)
    for word in words:
        place = piece.find(word)
        while place >= 0:
            if (match := pattern.match(piece, place)) is not None:
                yield match
            place = piece.find(word, place + 1)


def _read(memory: FileIO, start: int, size: int) -> bytes:
    """A piece of memory; nothing of a region of the kernel, or of one that was freed meanwhile."""
    try:
        memory.seek(start)
        return memory.read(size)
    except (OSError, ValueError, OverflowError):
        return b""
