"""Which user of which tenant an identity is, and what he may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milepost.pages.console.access.oidc.config import NOBODY, OidcConfig, OidcError
from milepost.pages.console.access.oidc.identity import Identity, values_of
from milepost.pages.console.access.roles import ROLES
from milepost.stores.postgres.console.books import Audit
from milepost.stores.postgres.console.identities import Identities, Member
from milepost.stores.postgres.users import User, Users


class Members:
    """First by issuer and subject, then by a verified address that was invited, then as somebody
    new where the settings let new people in.
    """

    def __init__(
        self, identities: Identities, users: Users, audit: Audit, config: OidcConfig
    ) -> None:
        self._identities = identities
        self._users = users
        self._audit = audit
        self._config = config

    async def sign_in(self, who: Identity) -> User:
        """Raises OidcError for whom nobody let in."""
        role, tenant = role_of(who.claims, self._config), await self._tenant_of(who)
        member = (
            await self._identities.bound(who.key)
            or await self._invited(who, tenant)
            or await self._new(who, role or self._config.default_role, tenant)
        )
        self._check_tenant(member, tenant)
        if not member.active:
            raise OidcError("disabled", who.key)
        await self._promote(member, role)
        user = await self._users.user(member.id)
        if user is None:
            raise OidcError("disabled", who.key)
        return user

    async def bind(self, who: Identity, user: User) -> None:
        """From now on this identity signs in as this user, who has asked for it."""
        other = await self._identities.bound(who.key)
        if other is not None and other.id != user.id:
            raise OidcError("taken", who.key)
        former = await self._identities.subject_of(user.id)
        if not await self._identities.bind(user.id, who.key, former):
            raise OidcError("taken", who.key)
        await self._note(user.tenant, user.email, "identity_bound", {"identity": former}, who)

    async def _invited(self, who: Identity, tenant: int | None) -> Member | None:
        """The user whose address the provider has verified."""
        if who.email is None:
            return None
        found = await self._identities.by_email(who.email)
        if found is None or not found.active:
            return found
        self._check_tenant(found, tenant)
        # The address is somebody else's now: who had it before may not be taken for him.
        if found.subject is not None and found.subject.startswith(f"{who.issuer} "):
            raise OidcError("other_identity", who.key)
        if not await self._identities.bind(found.id, who.key, found.subject):
            return await self._identities.bound(who.key)
        await self._note(
            found.tenant, found.email, "identity_bound", {"identity": found.subject}, who
        )
        return found

    async def _new(self, who: Identity, role: str, tenant: int | None) -> Member:
        if who.email is None:
            raise OidcError("unverified" if "email" in who.claims else "no_email", who.key)
        domain = who.email.rpartition("@")[2].casefold()
        allowed = not self._config.domains or domain in self._config.domains
        if tenant is None or role == NOBODY or not allowed:
            raise OidcError("unknown", f"{who.key} {who.email}")
        if await self._identities.add(tenant, who.email, who.name, role, who.key):
            await self._note(tenant, who.email, "user_added", None, who, role=role)
        member = await self._identities.bound(who.key)
        if member is None:
            raise OidcError("unknown", f"{who.email} is taken")
        return member

    def _check_tenant(self, member: Member, tenant: int | None) -> None:
        """Where the provider names the tenant, nobody signs in to another one."""
        if self._config.tenant_claim is not None and member.tenant != tenant:
            raise OidcError("unknown", f"{member.email} is of another tenant")

    async def _tenant_of(self, who: Identity) -> int | None:
        if self._config.tenant_claim is None:
            return (
                await self._identities.tenant(self._config.tenant) if self._config.tenant else None
            )
        for name in values_of(who.claims, self._config.tenant_claim):
            tenant = await self._identities.tenant(name)
            if tenant is not None:
                return tenant
        return None

    async def _promote(self, member: Member, role: str | None) -> None:
        """As the provider says now; the last administrator stays one."""
        if role is None or role == member.role:
            return
        if await self._users.set_role(member.tenant, member.id, role):
            await self._audit.note(
                member.tenant, self._config.label, "user_role", f"user {member.email}",
                {"role": member.role}, {"role": role},
            )  # fmt: skip

    async def _note(
        self, tenant: int, email: str, action: str, before: Any, who: Identity, **more: Any
    ) -> None:
        after = {"identity": who.key, "name": self._config.label, **more}
        await self._audit.note(tenant, email, action, f"user {email}", before, after)


def role_of(claims: Mapping[str, Any], config: OidcConfig) -> str | None:
    """The most that the provider's groups allow; None where the settings ask for none of them."""
    if config.role_claim is None:
        return None
    # Without a table of their own, the provider's groups are named as our roles are.
    table = config.roles or {one: one for one in ROLES}
    found = {table[one] for one in values_of(claims, config.role_claim) if one in table}
    role = max(found, key=ROLES.index, default=config.default_role)
    if role == NOBODY:
        raise OidcError("no_role")
    return role
