"""Kuaidi100's signatures: MD5 over texts put together, as upper-case hexadecimal digits.

They are taken over the text as it came: never write `param` anew before checking it.
"""

from __future__ import annotations

from hashlib import md5, sha256
from hmac import compare_digest


def of_query(param: str, key: str, customer: str) -> str:
    """The `sign` of query.do and maptrack.do."""
    return _md5(param + key + customer)


def of_order(param: str, t: str, key: str, secret: str) -> str:
    """The `sign` of label/order. `t` is milliseconds since 1970 as the client wrote them."""
    return _md5(param + t + key + secret)


def of_push(param: str, salt: str) -> str:
    """The `sign` of a push to a subscriber that gave a `salt`."""
    return _md5(param + salt)


def same(given: str, right: str) -> bool:
    """Whether the signatures are equal, in a time that does not tell where they differ."""
    return compare_digest(given.encode(), right.encode())


def customer_of(key: str) -> str:
    """The `customer` that goes with a key: half of the calls send only the one, half the other.

    Nobody can come from it back to the key.
    """
    return sha256(b"kuaidi100 customer " + key.encode()).hexdigest()[:32].upper()


def _md5(text: str) -> str:
    # The vendor's wire demands MD5; it guards nothing of ours.
    return md5(text.encode(), usedforsecurity=False).hexdigest().upper()
