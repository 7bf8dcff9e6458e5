"""The key that signs checkpoints: Ed25519, made at first start, sealed, for its owner alone."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from milepost.keyfile import make_once

KEY_FILE = "notary.key"
_CONTEXT = "notary signing key"
_ED25519 = b"\x01"


class Seals(Protocol):
    """What keeps secrets at rest."""

    def seal(self, value: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...


class BadKeyError(ValueError):
    """Text that is no verifier key."""


class PublicKey(Struct, frozen=True):
    """A key that checkpoints are checked with. `name` says whose it is."""

    name: str
    raw: bytes

    @property
    def number(self) -> bytes:
        """The four bytes by which a signature names its key (C2SP signed-note)."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def text(self) -> str:
        """`name+number+key`, as C2SP tools read it."""
        key = b64encode(_ED25519 + self.raw).decode()
        return f"{self.name}+{self.number.hex()}+{key}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(text: str) -> PublicKey:
    """The key behind its text. Raises BadKeyError."""
    try:
        name, number, key = text.strip().split("+", 2)
        raw = b64decode(key, validate=True)
    except ValueError:
        raise BadKeyError("a verifier key is 'name+hash+base64'") from None
    found = PublicKey(name, raw[1:])
    if raw[:1] != _ED25519 or len(raw) != 33 or found.number.hex() != number:
        raise BadKeyError("no Ed25519 key, or its hash does not fit")
    return found


class SigningKey:
    """Signs notes. `public` is what they are checked with."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(f"milepost-{sha256(raw).hexdigest()[:16]}", raw)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def open_key(path: Path, sealer: Seals) -> SigningKey:
    """The key in a file, which is made if need be (mode 0600)."""
    if not path.exists():
        make_once(path, sealer.seal(os.urandom(32), _CONTEXT))
    return SigningKey(sealer.open(path.read_bytes(), _CONTEXT))
