"""AfterShip's signatures: of requests (HMAC and RSA over a SignString) and of webhooks. Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Iterator, Mapping
from hashlib import md5, sha256
from urllib.parse import parse_qsl, quote, quote_plus

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

JSON = "application/json"
AES_HEADER = "as-signature-hmac-sha256"
RSA_HEADER = "as-signature-rsa-sha256"
WEBHOOK_HEADER = "aftership-hmac-sha256"
_PSS = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=padding.PSS.AUTO)


def sign_string(
    method: str, body: bytes, date: str, headers: Mapping[str, str], resource: str, kind: str = JSON
) -> bytes:
    """What is signed. `resource`: path with its sorted query. `headers`: all of the request's;
    those that begin with `as-`, but for the signatures, count. `kind`: what a body is said to be.
    """
    # MD5 is what the protocol asks for; the HMAC around it is what protects.
    digest = md5(body, usedforsecurity=False).hexdigest().upper() if body else ""
    kind = kind if body else ""
    parts = [method.upper(), digest, kind, date, canonical_headers(headers), resource]
    return "\n".join(parts).encode()


def canonical_headers(headers: Mapping[str, str]) -> str:
    """`name:value` of every `as-` header, by name."""
    named = {name.lower().strip(): value.strip() for name, value in headers.items()}
    for signature in (AES_HEADER, RSA_HEADER):
        named.pop(signature, None)
    return "\n".join(f"{name}:{named[name]}" for name in sorted(named) if name.startswith("as-"))


def resources(path: str, query: str) -> Iterator[str]:
    """The resource as the vendor's clients write it. They differ in how a query is quoted, in empty
    values and repeated names, and older ones do not sort; all of them sign the query as sent.
    """
    if not query:
        # Java's client sends and signs a question mark with nothing behind it.
        yield from (path, f"{path}?")
        return
    kept = parse_qsl(query, keep_blank_values=True)
    seen: set[str] = set()
    for text in _queries(kept, query):
        resource = f"{path}?{text}" if text else path
        if resource not in seen:
            seen.add(resource)
            yield resource


def _queries(kept: list[tuple[str, str]], query: str) -> Iterator[str]:
    for pairs in (_first_of_each(kept), kept, [pair for pair in kept if pair[1]]):
        yield from _quotings(sorted(pairs, key=lambda pair: pair[0]))
        yield from _quotings(pairs)
    yield from ("&".join(sorted(query.split("&"))), query)


def _first_of_each(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name, value)
    return list(first.items())


def _quotings(pairs: list[tuple[str, str]]) -> Iterator[str]:
    yield "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    yield "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    # What browsers and Node.js do to a form.
    web = "&".join(
        f"{quote_plus(name, safe='*')}={quote_plus(value, safe='*')}" for name, value in pairs
    )
    yield web.replace("~", "%7E")
    yield "&".join(f"{name}={value}" for name, value in pairs)


def hmac_of(secret: str, text: bytes) -> str:
    """HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.new(secret.encode(), text, sha256).digest()).decode()


def hmac_fits(secret: str, texts: Iterable[bytes], signature: str) -> bool:
    """Whether one of the texts bears this signature."""
    given = signature.strip().encode("utf-8", "replace")
    return any(hmac.compare_digest(hmac_of(secret, text).encode(), given) for text in texts)


def is_rsa_key(public_key: str) -> bool:
    """Whether it is the PEM of an RSA public key."""
    try:
        return isinstance(load_pem_public_key(public_key.encode()), rsa.RSAPublicKey)
    except ValueError:
        return False


def rsa_fits(public_key: str, texts: Iterable[bytes], signature: str) -> bool:
    """The same with RSA-PSS over SHA-256. A key that is no RSA key fits nothing."""
    try:
        key = load_pem_public_key(public_key.encode())
        given = base64.b64decode(signature.strip(), validate=True)
    except (ValueError, binascii.Error, TypeError):
        return False
    return isinstance(key, rsa.RSAPublicKey) and any(_verified(key, given, text) for text in texts)


def _verified(key: rsa.RSAPublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text, _PSS, SHA256())
    except InvalidSignature:
        return False
    return True
