"""Signed checkpoints as text: C2SP tlog-checkpoint in a C2SP signed-note.

milepost-….example/1/0          origin: key name, tenant, shard
42                              leaves
CsUYapGGPo4dkMgIAUqom…=         root, base64
suite sha256                    further lines of ours
time 2026-11-20T12:00:00+00:00
head nND/nri/U0xuHUrYSy0HtMeal2…=
number 7                        of this log's checkpoints
previous 8pWsWcvnhwJY…=         SHA-256 of the note before it

— milepost-… base64(4 bytes of key number, signature)
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

from msgspec import Struct

from milepost.notary.keys import PublicKey, SigningKey

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE = "\u2014 "


class Checkpoint(Struct, frozen=True, kw_only=True):
    """What a checkpoint says. `head`: of the chain of commits at this size.

    `number` counts a log's checkpoints from 1, `previous` is the hash of the note before (none of
    the first). 0: a note of an earlier version, which says neither.
    """

    origin: str
    size: int
    root: bytes
    suite: str = "sha256"
    time: str = ""
    head: bytes = b""
    number: int = 0
    previous: bytes = b""

    def text(self) -> str:
        chained = f"number {self.number}\n" if self.number else ""
        if self.previous:
            chained += f"previous {_base64(self.previous)}\n"
        return (
            f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"
            f"suite {self.suite}\ntime {self.time}\nhead {_base64(self.head)}\n{chained}"
        )


class BadNoteError(ValueError):
    """Text that is no signed checkpoint, or is not signed by the key that was asked for."""


def signed(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The note of a checkpoint."""
    text = checkpoint.text()
    signature = key.public.number + key.sign(text.encode())
    return f"{text}\n{_SIGNATURE}{key.public.name} {_base64(signature)}\n"


def opened(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint in a note that this key has signed. Raises BadNoteError."""
    text, _, signatures = note.rpartition("\n\n")
    if not text or not signatures.endswith("\n"):
        raise BadNoteError("not a signed note")
    message = (text + "\n").encode()
    for line in signatures.splitlines():
        name, _, value = line.removeprefix(_SIGNATURE).partition(" ")
        if line.startswith(_SIGNATURE) and name == key.name and _signs(value, key, message):
            return _read(text)
    raise BadNoteError(f"no valid signature of {key.name}")


def unchecked(note: str) -> Checkpoint:
    """The checkpoint in a note, whoever may have signed it. Raises BadNoteError."""
    return _read(note.rpartition("\n\n")[0])


def hash_of(note: str) -> bytes:
    """What the next checkpoint names a note by: of its text and its signature."""
    return sha256(note.encode()).digest()


def newest(notes: Iterable[str | None]) -> str | None:
    """Of the notes that there are, the one with the most leaves; then the highest number."""
    found = [(note, unchecked(note)) for note in notes if note is not None]
    key = max(((one.size, one.number, note) for note, one in found), default=None)
    return None if key is None else key[2]


def _signs(value: str, key: PublicKey, message: bytes) -> bool:
    try:
        signature = b64decode(value, validate=True)
    except ValueError:
        return False
    return signature[:4] == key.number and key.verifies(signature[4:], message)


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 3 or not lines[0] or not _DECIMAL.fullmatch(lines[1]):
        raise BadNoteError("not a checkpoint")
    more = dict(line.partition(" ")[::2] for line in lines[3:])
    try:
        return Checkpoint(
            origin=lines[0],
            size=int(lines[1]),
            root=b64decode(lines[2], validate=True),
            suite=more.get("suite", "sha256"),
            time=more.get("time", ""),
            head=b64decode(more.get("head", ""), validate=True),
            number=int(more.get("number", "0")),
            previous=b64decode(more.get("previous", ""), validate=True),
        )
    except ValueError:
        raise BadNoteError("not a checkpoint: a hash is not base64, or a number is none") from None


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
