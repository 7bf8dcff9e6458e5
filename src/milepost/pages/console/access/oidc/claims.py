"""What an ID token must be before anything in it is believed (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from milepost.pages.console.access.oidc.config import OidcConfig, OidcError

# Signatures by a key pair only: with a shared secret, or none, anybody could make a token.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "Ed25519",
)  # fmt: skip
LEEWAY_S = 60
_LONGEST_SUBJECT = 255
_LONGEST_TOKEN = 64 * 1024
_registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


class UnknownKeyError(Exception):
    """Signed with a key that is not in the set; there may be newer keys."""


def read(token: str, keys: KeySet) -> dict[str, Any]:
    """The claims of a token that one of the keys has signed. Raises OidcError, UnknownKeyError."""
    if len(token) > _LONGEST_TOKEN:
        raise OidcError("bad_token", "the ID token is too long")
    try:
        return dict(jwt.decode(token, keys, registry=_registry).claims)
    except InvalidKeyIdError:
        raise UnknownKeyError from None
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise OidcError("bad_token", f"the signature: {type(error).__name__} {error}") from None


def check(claims: Mapping[str, Any], config: OidcConfig, nonce: str, now_s: float) -> None:
    """Raises OidcError for a token that was not made for us, now, for this very sign-in."""
    for fault, wrong in (
        ("issuer", claims.get("iss") != config.issuer),
        ("audience", not _for_us(claims, config.client_id)),
        ("nonce", not _same(claims.get("nonce"), nonce)),
        ("subject", not _is_subject(claims.get("sub"))),
        ("expiry", not _later(claims.get("exp"), now_s - LEEWAY_S)),
        ("issue time", not _later(now_s + LEEWAY_S, claims.get("iat"))),
        ("begin", "nbf" in claims and not _later(now_s + LEEWAY_S, claims.get("nbf"))),
    ):
        if wrong:
            raise OidcError("bad_token", f"its {fault} is not right")


def _for_us(claims: Mapping[str, Any], client_id: str) -> bool:
    audience = claims.get("aud")
    many = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    fits = party == client_id if party is not None else len(many) == 1
    return client_id in many and fits


def _is_subject(value: Any) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_SUBJECT:
        return False
    return value.isprintable() and " " not in value


def _same(given: Any, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _later(one: Any, other: Any) -> bool:
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (one, other))
    return numbers and bool(one > other)
