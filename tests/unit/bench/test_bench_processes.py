import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from milepost.bench import processes
from patience import PATIENCE_S

_SPIN = "import subprocess, sys\n{}\nwhile True: pass"
_CHILD = "child = subprocess.Popen([sys.executable, '-c', 'while True: pass'])"


@contextmanager
def _spinning(first: str = "") -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", _SPIN.format(first)])
    try:
        yield process.pid
    finally:
        for pid in processes.tree(process.pid)[1:]:
            os.kill(pid, 9)
        process.kill()
        process.wait()


def _used_s(pid: int, seconds: float = 0.3) -> float:
    before = processes.cpu_s(pid)
    time.sleep(seconds)
    return processes.cpu_s(pid) - before


def test_a_tree_has_the_children() -> None:
    with _spinning(_CHILD) as pid:
        until = time.monotonic() + PATIENCE_S
        while len(processes.tree(pid)) < 2 and time.monotonic() < until:
            time.sleep(0.05)

        assert len(processes.tree(pid)) == 2


def test_what_works_uses_cpu_and_what_is_frozen_does_not() -> None:
    with _spinning() as pid:
        assert _used_s(pid) > 0.03
        processes.freeze([pid])
        time.sleep(0.1)

        assert _used_s(pid) < 0.01

        processes.thaw([pid])
        assert _used_s(pid) > 0.03


def test_memory_is_that_of_the_process() -> None:
    assert 5e6 < processes.rss_bytes(os.getpid()) < 5e9


def test_a_process_that_is_gone_uses_nothing() -> None:
    with _spinning() as pid:
        pass

    assert processes.cpu_s(pid) == 0
