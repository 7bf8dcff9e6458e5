"""How the vault seals: a random key for each road, itself sealed under the master key.

Items are sealed with AES-256-GCM, or with SM4-GCM where that is prescribed. The blind index is an
HMAC under a key of the tenant's, so equal values can be found and nothing can be read off it.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
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
_KEY_BYTES = {"aes256gcm": 32, "sm4gcm": 16}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, Any]).decode


def new_key(suite: Suite) -> bytes:
    return token_bytes(_KEY_BYTES[suite])


def seal_item(suite: Suite, key: bytes, reference: str, fields: dict[str, Any]) -> bytes:
    """Fields sealed so that they open only under their own reference."""
    nonce, text, bound = token_bytes(_NONCE), _encode(fields), reference.encode()
    if suite == "aes256gcm":
        return nonce + AESGCM(key).encrypt(nonce, text, bound)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return nonce + encryptor.update(text) + encryptor.finalize() + encryptor.tag


def open_item(suite: Suite, key: bytes, reference: str, sealed: bytes) -> dict[str, Any]:
    """Raises SealError."""
    nonce, text, bound = sealed[:_NONCE], sealed[_NONCE:], reference.encode()
    try:
        if suite == "aes256gcm":
            return _decode(AESGCM(key).decrypt(nonce, text, bound))
        mode = modes.GCM(nonce, text[-_TAG:])
        decryptor = Cipher(algorithms.SM4(key), mode).decryptor()
        decryptor.authenticate_additional_data(bound)
        return _decode(decryptor.update(text[:-_TAG]) + decryptor.finalize())
    except InvalidTag:
        raise SealError(f"vault item {reference}: sealed with another key, or changed") from None


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
