"""The identity provider of the settings, for the console."""

from __future__ import annotations

from milepost.pages.console.access.oidc.config import OidcConfig, checked, mapping
from milepost.pages.console.access.oidc.members import Members
from milepost.pages.console.services import SingleSignOn
from milepost.settings import Settings
from milepost.stores.postgres.console.books import Audit
from milepost.stores.postgres.console.identities import Identities
from milepost.stores.postgres.users import Users
from milepost.wiring.feature import Context


def single_sign_on(context: Context) -> SingleSignOn | None:
    """None where the settings name no issuer. Raises ValueError for settings that cannot work."""
    settings, pool = context.settings, context.pool
    if settings.oidc_issuer is None:
        return None
    try:
        from milepost.pages.console.access.oidc.provider import Provider
    except ImportError as error:
        raise ValueError("oidc_issuer: needs the extra milepost[oidc]") from error
    config = config_of(settings)
    identities = Identities(pool)
    members = Members(identities, Users(pool), Audit(pool), config)
    return SingleSignOn(Provider(config), members, identities)


def config_of(settings: Settings) -> OidcConfig:
    """Raises ValueError, OSError."""
    secret, file = settings.oidc_client_secret, settings.oidc_client_secret_file
    if file is not None:
        secret = file.read_text("utf-8").strip()
    domains = (one.strip().casefold() for one in settings.oidc_domains.split(","))
    return checked(
        OidcConfig(
            issuer=settings.oidc_issuer or "",
            client_id=settings.oidc_client_id,
            client_secret=secret or None,
            name=settings.oidc_name,
            scopes=settings.oidc_scopes,
            ca_file=str(settings.oidc_ca) if settings.oidc_ca else None,
            tenant=settings.oidc_tenant,
            tenant_claim=settings.oidc_tenant_claim,
            domains=tuple(one for one in domains if one),
            role_claim=settings.oidc_role_claim,
            roles=mapping(settings.oidc_roles),
            default_role=settings.oidc_default_role,
        )
    )
