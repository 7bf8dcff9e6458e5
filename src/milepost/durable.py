"""Files that are either whole and on disk, or not there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def publish(unfinished: Path, path: Path) -> None:
    """Puts a written file into its place, so that it stays there when the power goes."""
    settle(unfinished)
    unfinished.replace(path)
    settle(path.parent)


def settle(path: Path) -> None:
    """Let what was written of a file, or which files a folder has, be on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Holds a lock file, against other threads as well as other processes.

    BlockingIOError where somebody else holds it and `wait` is false.
    """
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
