"""Who somebody is at an identity provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Identity(Struct, frozen=True):
    """Who somebody is at the provider. `email` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str
    claims: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.issuer} {self.subject}"


def identity_of(claims: Mapping[str, Any], issuer: str) -> Identity:
    """Who that is."""
    verified = claims.get("email_verified") in (True, "true")
    email, name = claims.get("email"), claims.get("name")
    fine = verified and isinstance(email, str) and "@" in email and len(email) <= 320
    return Identity(
        issuer=issuer,
        subject=str(claims["sub"]),
        email=email.strip() if fine and isinstance(email, str) else None,
        name=name.strip()[:200] if isinstance(name, str) else "",
        claims=dict(claims),
    )


def values_of(claims: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a claim; `realm_access.roles` looks into an object."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    many = found if isinstance(found, list) else [found]
    return [one for one in many if isinstance(one, str) and one]
