"""How the vault seals: a random key for each road, itself sealed under the master key.

Items are sealed with AES-256-GCM, or with SM4-GCM where that is prescribed. The blind index is an
HMAC under a key of the tenant's, so equal values can be found and nothing can be read off it.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from milepost.stores.sealer import Sealer, SealError

Suite = Literal["aes256gcm", "sm4gcm"]
_NONCE = 12
_TAG = 16
_KEY_BYTES: dict[Suite, int] = {"aes256gcm": 32, "sm4gcm": 16}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, Any]).decode


def checked_suite(name: str) -> Suite:
    """Raises ValueError for a suite that there is not."""
    for one in _KEY_BYTES:
        if one == name:
            return one
    raise ValueError(f"vault_suite: '{name}' is none of {', '.join(_KEY_BYTES)}")


def new_key(suite: Suite) -> bytes:
    return token_bytes(_KEY_BYTES[suite])


def seal_item(suite: Suite, key: bytes, reference: str, fields: Mapping[str, Any]) -> bytes:
    """Fields sealed so that they open only under their own reference."""
    return encrypt(suite, key, _encode(fields), reference.encode())


def open_item(suite: Suite, key: bytes, reference: str, sealed: bytes) -> dict[str, Any]:
    """Raises SealError."""
    try:
        return _decode(decrypt(suite, key, sealed, reference.encode()))
    except (InvalidTag, ValueError):
        raise SealError(f"vault item {reference}: sealed with another key, or changed") from None


def encrypt(suite: Suite, key: bytes, text: bytes, bound: bytes) -> bytes:
    """A random nonce of 12 bytes, then the ciphertext and its tag; `bound` is authenticated."""
    nonce = token_bytes(_NONCE)
    if suite == "aes256gcm":
        return nonce + AESGCM(key).encrypt(nonce, text, bound)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return nonce + encryptor.update(text) + encryptor.finalize() + encryptor.tag


def decrypt(suite: Suite, key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Raises InvalidTag, and ValueError for what is too short to be sealed at all."""
    nonce, text = sealed[:_NONCE], sealed[_NONCE:]
    if len(text) < _TAG:
        raise ValueError("too short to be sealed")
    if suite == "aes256gcm":
        return AESGCM(key).decrypt(nonce, text, bound)
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, text[-_TAG:])).decryptor()
    decryptor.authenticate_additional_data(bound)
    return decryptor.update(text[:-_TAG]) + decryptor.finalize()


def wrap(sealer: Sealer, tenant: int, road: int, key: bytes) -> bytes:
    """A road's key, sealed under the master key for that road alone."""
    return sealer.seal(key, f"vault:{tenant}:{road}")


def unwrap(sealer: Sealer, tenant: int, road: int, wrapped: bytes) -> bytes:
    return sealer.open(wrapped, f"vault:{tenant}:{road}")


def blind(secret: bytes, field: str, value: str) -> bytes:
    """What stands in the index for a value of a field."""
    return hmac.digest(secret, f"{field}\x1f{same(field, value)}".encode(), sha256)[:16]


def same(field: str, value: str) -> str:
    """One spelling for all: a phone's last ten digits, letters folded and spaces out."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    if field == "phone":
        return re.sub(r"\D", "", folded)[-10:]
    return re.sub(r"\s+", "", folded)
