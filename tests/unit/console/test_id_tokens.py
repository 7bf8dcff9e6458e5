"""ID tokens that nobody honest sends: whatever comes is refused, and nothing falls over."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from random import Random
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from milepost.pages.console.access.oidc import claims
from milepost.pages.console.access.oidc.config import OidcConfig, OidcError

KEY = RSAKey.generate_key(2048, {"kid": "one"})
KEYS = KeySet([KEY])
GOOD = jwt.encode({"alg": "RS256", "kid": "one"}, {"sub": "ada"}, KEY)
CONFIG = OidcConfig(issuer="https://id.example", client_id="milepost")
HEADS = [
    {"alg": "RS256", "kid": 7}, {"alg": None}, {"alg": ["RS256"]}, {"alg": "ES256", "kid": "one"},
    {"alg": "RS256", "kid": "one", "crit": ["x"]}, {"alg": "dir", "enc": "A128GCM"}, [], "x", 7,
    {"alg": "RS256", "kid": "one", "b64": False, "crit": ["b64"]}, {"kid": "one"}, None,
    {"alg": "none", "kid": "one"}, {"alg": "HS256", "kid": "one"}, "[" * 5_000,
]  # fmt: skip


def part(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def refused(token: str) -> bool:
    try:
        return claims.read(token, KEYS) == {"sub": "ada"}
    except (OidcError, claims.UnknownKeyError):
        return True


@pytest.mark.parametrize("head", HEADS)
def test_odd_heads(head: Any) -> None:
    for body in ({}, [], "x", 7, "[" * 5_000):
        for tail in (".", ".AAAA", ".!", ".A.A.A"):
            assert refused(f"{part(head)}.{part(body)}{tail}")


def test_a_token_with_one_sign_changed_says_what_it_said_or_nothing() -> None:
    random = Random(7)
    assert claims.read(GOOD, KEYS) == {"sub": "ada"}
    for _ in range(400):
        at = random.randrange(len(GOOD))
        assert refused(GOOD[:at] + random.choice("AZaz09-_.=/+ é\x00") + GOOD[at + 1 :])
    for odd in ("", ".", "..", "....", GOOD + "x", "a" * 100_000):
        assert refused(odd)


def test_claims_of_every_kind_are_refused() -> None:
    random = Random(7)
    odd = [None, 0, -1, 1e300, float("nan"), True, "", [], {}, "milepost", ["milepost"], "n",
           "https://id.example", 10**30]  # fmt: skip
    names = ("iss", "aud", "azp", "nonce", "sub", "iat", "nbf")
    for _ in range(2_000):
        found = {name: random.choice(odd) for name in names if random.random() < 0.9}
        with pytest.raises(OidcError):
            claims.check(found, CONFIG, "n", 1_000.0)
