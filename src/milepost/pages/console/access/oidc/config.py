"""How an identity provider is set up, and what may go wrong with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from milepost.pages.console.access.roles import ROLES

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOBODY = "none"


class OidcError(Exception):
    """No sign-in. `key`: of the text for the reader (`oidc.<key>`); `detail` is for the log."""

    def __init__(self, key: str, detail: str = "") -> None:
        super().__init__(f"{key}: {detail}" if detail else key)
        self.key = key
        self.detail = detail


class OidcConfig(Struct, frozen=True, kw_only=True):
    """See `docs/console.md`.

    `tenant`: whom new users join; None where only those who were invited come in.
    `roles`: values of `role_claim` → our roles. `default_role`: where none fits; "none" refuses.
    """

    issuer: str
    client_id: str
    client_secret: str | None = None
    name: str = ""
    scopes: str = "openid email profile"
    ca_file: str | None = None
    tenant: str | None = None
    tenant_claim: str | None = None
    domains: tuple[str, ...] = ()
    role_claim: str | None = None
    roles: dict[str, str] = {}
    default_role: str = "viewer"

    @property
    def label(self) -> str:
        """What the button says."""
        return self.name or (urlsplit(self.issuer).hostname or self.issuer)


def checked(config: OidcConfig) -> OidcConfig:
    """The same. Raises ValueError for what can never work, so that it is seen at the start."""
    if not is_safe(config.issuer):
        raise ValueError("oidc_issuer: must be https:// (http:// only on this machine)")
    if not config.client_id:
        raise ValueError("oidc_client_id: is missing")
    wrong = sorted(set(config.roles.values()) - set(ROLES))
    if wrong:
        raise ValueError(f"oidc_roles: {wrong[0]} is no role; there are {', '.join(ROLES)}")
    if config.default_role not in (*ROLES, NOBODY):
        raise ValueError(f"oidc_default_role: {config.default_role} is no role")
    if "openid" not in config.scopes.split():
        raise ValueError("oidc_scopes: must have openid")
    return config


def is_safe(url: Any) -> bool:
    """Whether secrets may travel there: encrypted, or never leaving this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def mapping(text: str | None) -> dict[str, str]:
    """`ops-admins=admin,staff=agent` as a table. Raises ValueError."""
    pairs = [one.rpartition("=") for one in (text or "").split(",") if one.strip()]
    if any(not sign or not left.strip() for left, sign, _ in pairs):
        raise ValueError("oidc_roles: is not like group=role,group=role")
    return {left.strip(): right.strip() for left, _, right in pairs}
