"""`/console/users`, `/console/keys` and `/console/audit`: who may do what, and who did."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from milepost.pages.console.access.roles import ROLES
from milepost.pages.console.access.sessions import new_link
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.users import EmailTakenError
from milepost.web.auth import hash_of, new_key

USERS, KEYS = "/console/users", "/console/keys"
SCOPES = ("read", "write", "personal")
PAGE = 100


async def users(visit: Visit, link: str | None = None, whose: str = "") -> Response:
    rows = await visit.services.users.of_tenant(visit.tenant)
    return visit.page("users.html", rows=rows, roles=ROLES, link=link, whose=whose)


async def add_user(visit: Visit) -> Response:
    """The sign-in link is shown once, in the answer itself."""
    email, role = visit.form.get("email"), visit.form.get("role")
    if role not in ROLES or "@" not in email or len(email) > 320:
        return await visit.again(users, "user", visit.reader.text("users.bad"))
    try:
        made = await visit.services.users.add(visit.tenant, email, role, visit.form.get("name"))
    except EmailTakenError:
        return await visit.again(users, "user", visit.reader.text("users.taken"))
    await visit.note("user_added", f"user {email}", None, {"role": role})
    return await users(visit, await new_link(visit.services.users, made), email)


async def change_user(visit: Visit) -> Response:
    """Another role, disable or enable, a new sign-in link."""
    services, action, role = visit.services, visit.form.get("action"), visit.form.get("role")
    number = visit.form.get("id")
    lines = {str(one.id): one for one in await services.users.of_tenant(visit.tenant)}
    line = lines.get(number)
    if line is None:
        return visit.back(USERS)
    if action == "link" and line.disabled_at is None:
        await visit.note("user_link", f"user {line.email}", None, None)
        return await users(visit, await new_link(services.users, line.id), line.email)
    if action == "role" and role in ROLES:
        done = await services.users.set_role(visit.tenant, line.id, role)
    elif action in ("disable", "enable"):
        done = await services.users.set_active(visit.tenant, line.id, active=action == "enable")
    else:
        return visit.back(USERS)
    if done:
        before = {"role": line.role, "disabled": line.disabled_at is not None}
        await visit.note(
            f"user_{action}", f"user {line.email}", before, {"role": role or line.role}
        )
    return visit.back(USERS, visit.reader.text("users.changed" if done else "users.last_admin"))


async def keys(visit: Visit, shown_once: str | None = None) -> Response:
    rows = await visit.services.accounts.keys(visit.tenant)
    return visit.page("keys.html", rows=rows, scopes=SCOPES, shown_once=shown_once)


async def add_key(visit: Visit) -> Response:
    """The key is shown once, in the answer itself; only its hash is kept."""
    name = visit.form.get("name")[:200] or "console"
    scopes = tuple(one for one in SCOPES if one in visit.form.all("scope")) or ("read",)
    key = new_key()
    await visit.services.accounts.add_key(visit.tenant, hash_of(key), name, scopes)
    await visit.note("key_added", f"key {name}", None, {"scopes": scopes})
    return await keys(visit, key)


async def revoke_key(visit: Visit) -> Response:
    number = visit.form.get("id")
    done = (
        number.isascii() and number.isdigit() and len(number) < 18
        and await visit.services.accounts.revoke_key(visit.tenant, int(number))
    )  # fmt: skip
    if done:
        await visit.note("key_revoked", f"key {number}", None, None)
    return visit.back(KEYS, visit.reader.text("keys.revoked") if done else None)


async def audit(visit: Visit) -> Response:
    """Newest first."""
    query = visit.request.query_params
    after = query.get("after", "")
    position = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None
    subject = query.get("subject", "").replace("\x00", "") or None
    subjects = None if subject is None else [subject]
    rows = await visit.services.audit.page(visit.tenant, position, PAGE + 1, subjects)
    asked = {"after": rows[PAGE - 1].id, "subject": subject} if len(rows) > PAGE else None
    more = asked and f"?{urlencode({name: one for name, one in asked.items() if one})}"
    return visit.page("audit.html", rows=rows[:PAGE], more=more, subject=subject)
