"""DataSign: base64 of the 32 hexadecimal digits of an MD5, not of its bytes. Pure.

Official samples URL-encode RequestData and DataSign once more than the form does, others do not;
so what was received is tried as it is and decoded. The text is signed as it was sent, whatever its
spaces, order and escapes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import unquote, unquote_plus


def data_sign(text: str, key: str) -> str:
    """The signature of a RequestData text."""
    # MD5 is the vendor's choice; it is what its clients send.
    digest = hashlib.md5((text + key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def verified(data: str, sign: str, key: str, *, more: str = "") -> str | None:
    """The RequestData text that the signature belongs to, None if it belongs to none.

    `more` is signed behind the text (the route map's Timestamp).
    """
    signs = [one.encode() for one in readings(sign)]
    for text in readings(data):
        wanted = data_sign(text + more, key).encode()
        if any(hmac.compare_digest(wanted, one) for one in signs):
            return text
    return None


def readings(text: str) -> list[str]:
    """What a received field may mean: as it is, and decoded once more."""
    return list(dict.fromkeys([text, unquote(text), unquote_plus(text)]))
