"""What other processes use: CPU time and memory of whole process trees, read from /proc."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> list[int]:
    """A process and all its descendants, the root first."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, ())
    return found


def cpu_s(root: int) -> float:
    """CPU seconds that a process tree has used so far, children that have ended included."""
    total = 0.0
    for pid in tree(root):
        if fields := _stat(pid):
            ended = int(fields[13]) + int(fields[14])
            total += _exact_s(pid, fields) + ended / _TICKS_A_SECOND
    return total


def own_cpu_s(pid: int) -> float:
    """CPU seconds of one process without its children; 0 where it has gone."""
    fields = _stat(pid)
    return _exact_s(pid, fields) if fields else 0.0


def rss_bytes(root: int) -> int:
    """Resident memory of a process tree; shared pages count once for each process."""
    return sum(int(fields[21]) * _PAGE for pid in tree(root) if (fields := _stat(pid)))


def freeze(roots: Iterable[int]) -> None:
    """Stop process trees where they stand, so that another can be measured alone."""
    _signal(roots, signal.SIGSTOP)


def thaw(roots: Iterable[int]) -> None:
    """Let frozen process trees go on."""
    _signal(roots, signal.SIGCONT)


def _signal(roots: Iterable[int], number: signal.Signals) -> None:
    for root in roots:
        for pid in tree(root):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name; None where the process has gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _exact_s(pid: int, fields: list[str]) -> float:
    """CPU seconds of all threads: to the nanosecond where the kernel tells, else in ticks."""
    try:
        tasks = list((_PROC / str(pid) / "task").iterdir())
        spent_ns = [int((task / "schedstat").read_text().split()[0]) for task in tasks]
    except (OSError, IndexError):
        return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND
    return sum(spent_ns) / 1e9
