"""The event hash: an identity that everybody computes alike (`ni:///sha-256;…?ver=CBV2.0`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from milepost.epcis.prehash import prehash
from milepost.epcis.vocabulary import PREFIXES

ALGORITHMS = {
    "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512", "sha3-256": "sha3_256",
    "sha3-384": "sha3_384", "sha3-512": "sha3_512",
}  # fmt: skip
_HASH = re.compile(r"ni:///([a-z0-9-]+);([0-9a-f]+)\?ver=CBV2\.0")


def event_hash(
    event: Mapping[str, Any],
    prefixes: Mapping[str, str] = PREFIXES,
    ignored: Iterable[str] = (),
    algorithm: str = "sha-256",
) -> str:
    """The hash of an event in its JSON form. KeyError for an algorithm that is not known."""
    text = prehash(event, prefixes, ignored)
    digest = hashlib.new(ALGORITHMS[algorithm], text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"ni:///{algorithm};{digest}?ver=CBV2.0"


def is_event_hash(text: str) -> bool:
    """Whether an event ID claims to be such a hash."""
    found = _HASH.fullmatch(text)
    return found is not None and found[1] in ALGORITHMS
