"""Files that hold a key: for their owner's eyes only, and made once however many start at once."""

from __future__ import annotations

import os
from pathlib import Path


def make_once(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 unless it is there already. Durable when it returns."""
    # Linked into place complete, so that of several processes that start at once one key wins.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
