"""`/console/tenants`: one's own, or all of them for administrators of the tenant that runs the
server. Who runs it sees names and counts, never another one's shipments.
"""

from __future__ import annotations

from starlette.responses import Response

from milepost.pages.console.access.sessions import new_link
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.users import EmailTakenError

HERE = "/console/tenants"
MOST_NAME = 100


def runs(visit: Visit) -> bool:
    """Whether the user's tenant runs this server."""
    return visit.services.operator is not None and visit.user.tenant_name == visit.services.operator


async def show(visit: Visit, link: str | None = None, whose: str = "") -> Response:
    whole = runs(visit)
    rows = await visit.services.tenants.lines(None if whole else visit.tenant)
    return visit.page("tenants.html", rows=rows, runs=whole, link=link, whose=whose)


async def add(visit: Visit) -> Response:
    """A tenant with its first administrator, whose sign-in link is shown once."""
    if not runs(visit):
        return visit.page("refused.html", 403, needs="admin")
    name, email = visit.form.get("name"), visit.form.get("email")
    if not 0 < len(name) <= MOST_NAME or "@" not in email or len(email) > 320:
        return await visit.again(show, "tenant", visit.reader.text("tenants.bad"))
    services = visit.services
    if await services.users.by_email(email) is not None:
        return await visit.again(show, "tenant", visit.reader.text("users.taken"))
    made = await services.tenants.add(name)
    if made is None:
        return await visit.again(show, "tenant", visit.reader.text("tenants.taken"))
    try:
        user = await services.users.add(made, email, "admin")
    except EmailTakenError:
        return visit.back(HERE, visit.reader.text("users.taken"))
    await visit.note("tenant_added", f"tenant {name}", None, {"administrator": email})
    who, after = visit.user.email, {"administrator": email, "by": visit.user.tenant_name}
    await services.audit.note(made, who, "tenant_added", f"tenant {name}", None, after)
    return await show(visit, await new_link(services.users, user), email)
