"""A piece's id is made of what it is, so whoever names it in a scan says what he means.

The journal keeps the name, and the journal's proofs hold it; so a file that was exchanged later
bears another name. A salt, sealed with the file, keeps the name from telling anything by itself,
and goes with the file when it is erased.
"""

from __future__ import annotations

import re
from hashlib import sha256
from secrets import token_hex

SALT_BYTES = 16
NAME_DIGITS = 40
MARK = "m1"  # so that nobody else's names, which may be hashes too, are taken for ours
NAME = re.compile(rb":([0-9a-f]{40}m1)(?![0-9a-z])")


def new_salt() -> str:
    return token_hex(SALT_BYTES)


def name_of(salt: str, kind: str, content_type: str, at_us: int, body: bytes) -> str:
    """The first 20 bytes, in hex, of SHA-256 over the salt, a line of kind, type and time, and
    the file; then `m1`.
    """
    head = f"{kind} {content_type} {at_us}\n".encode()
    return sha256(bytes.fromhex(salt) + head + body).hexdigest()[:NAME_DIGITS] + MARK


def named_rightly(
    name: str, salt: str | None, kind: str, content_type: str, at_us: int, body: bytes
) -> bool:
    """Whether a file is what its name was made of; older names were made of nothing."""
    if salt is None:
        return not name.endswith(MARK)
    return name == name_of(salt, kind, content_type, at_us, body)
