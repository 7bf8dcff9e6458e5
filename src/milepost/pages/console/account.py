"""`/console/account`: one's own password, language, and the way out."""

from __future__ import annotations

from starlette.responses import Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.oidc.flow import binding_of
from milepost.pages.console.access.passwords import Passwords, fault_of
from milepost.pages.console.visit import Visit
from milepost.web.limits import Limiter


class Account:
    """Setting a password ends all other sessions of the user."""

    def __init__(self) -> None:
        self._passwords = Passwords()
        self._tries = Limiter(0.05, 10)

    async def show(self, visit: Visit) -> Response:
        return await self._page(visit, None)

    async def set_password(self, visit: Visit) -> Response:
        given = dict(visit.form.pairs)
        fault = await self._fault(visit, given.get("current", ""), given.get("password", ""))
        if fault is not None:
            return await self._page(visit, fault, 422)
        token = sessions.token_of(visit.request) or ""
        made = await self._passwords.hash(given["password"])
        await visit.services.users.set_password(visit.user.id, made, sessions.digest_of(token))
        await visit.note("password_set", f"user {visit.user.email}", None, None)
        return visit.back("/console/account", visit.reader.text("account.set"))

    async def end_others(self, visit: Visit) -> Response:
        """Out everywhere but here; links that were sent are worth nothing either."""
        here = sessions.digest_of(sessions.token_of(visit.request) or "")
        ended = await visit.services.users.end_others(visit.user.id, here)
        await visit.note("sessions_ended", f"user {visit.user.email}", None, {"sessions": ended})
        return visit.back("/console/account", visit.reader.text("account.ended", n=ended))

    async def _page(self, visit: Visit, fault: str | None, status: int = 200) -> Response:
        single, token = visit.services.single, sessions.token_of(visit.request) or ""
        bound = await single.identities.subject_of(visit.user.id) if single else None
        return visit.page(
            "account.html", status, fault=fault, asks=await _asks(visit), identity=bound,
            provider=single.provider.config.label if single else None, binding=binding_of(token),
            sessions=await visit.services.users.sessions(visit.user.id),
            here=sessions.digest_of(token),
            just_bound="bound" in visit.request.query_params,
        )  # fmt: skip

    async def _fault(self, visit: Visit, current: str, password: str) -> str | None:
        """The key of what is wrong."""
        if self._tries.wait_s(visit.user.id) > 0:
            return "sign_in.slow"
        known = visit.user.password_hash
        if await _asks(visit) and not await self._passwords.right(current, known):
            return "account.wrong"
        return fault_of(password)


async def _asks(visit: Visit) -> bool:
    """Whether the present password is asked for: not of who has forgotten it and came by a link."""
    how = await sessions.how(visit.services.users, visit.request)
    return visit.user.password_hash is not None and how != "link"
