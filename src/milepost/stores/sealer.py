"""Secrets at rest: AES-256-GCM under a master key that lives in a file of its own.

A sealed value is 12 bytes of nonce and the ciphertext with its tag; it opens only in the context
that it was sealed for, so a row's secret cannot be moved to another row.
"""

from __future__ import annotations

from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from milepost.keyfile import make_once

MASTER_KEY = "secret.key"  # the file of the master key, in the data folder
NONCE_BYTES = 12
KEY_BYTES = 32


class SealError(ValueError):
    """A sealed value that this key cannot open in this context."""


class Sealer:
    """Seals and opens with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, value: bytes, context: str) -> bytes:
        nonce = token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises SealError."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, context.encode())
        except InvalidTag:
            raise SealError(f"{context}: sealed with another key, or changed since") from None


def open_sealer(path: Path) -> Sealer:
    """With the key in a file, which is made if need be, for its owner alone (mode 0600)."""
    if not path.exists():
        make_once(path, token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise SealError(f"{path}: not a key of {KEY_BYTES} bytes")
    return Sealer(key)
