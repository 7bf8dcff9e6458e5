"""What each role may do. Every role may do what those before it may."""

from __future__ import annotations

ROLES = ("viewer", "agent", "manager", "admin")


def may(role: str, needed: str) -> bool:
    """Whether a user of a role may do what another role is needed for. An unknown one may not."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(needed)
