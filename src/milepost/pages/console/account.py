"""`/console/account`: one's own password, language, and the way out."""

from __future__ import annotations

from starlette.responses import Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.passwords import Passwords, fault_of
from milepost.pages.console.desk import Visit
from milepost.web.limits import Limiter


class Account:
    """Setting a password ends all other sessions of the user."""

    def __init__(self) -> None:
        self._passwords = Passwords()
        self._tries = Limiter(0.05, 10)

    async def show(self, visit: Visit) -> Response:
        return visit.page("account.html", fault=None)

    async def set_password(self, visit: Visit) -> Response:
        given = dict(visit.form.pairs)
        fault = await self._fault(visit, given.get("current", ""), given.get("password", ""))
        if fault is not None:
            return visit.page("account.html", 422, fault=fault)
        token = sessions.token_of(visit.request) or ""
        made = await self._passwords.hash(given["password"])
        await visit.services.users.set_password(visit.user.id, made, sessions.digest_of(token))
        await visit.note("password_set", f"user {visit.user.email}", None, None)
        return visit.back("/console/account", visit.reader.text("account.set"))

    async def _fault(self, visit: Visit, current: str, password: str) -> str | None:
        """The key of what is wrong."""
        if self._tries.wait_s(visit.user.id) > 0:
            return "sign_in.slow"
        known = visit.user.password_hash
        if known is not None and not await self._passwords.right(current, known):
            return "account.wrong"
        return fault_of(password)
