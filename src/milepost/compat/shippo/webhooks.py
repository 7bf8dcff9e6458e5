"""`/webhooks`: where the account wants its events."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import Hook
from milepost.compat.shippo import VENDOR, faults, moments
from milepost.compat.shippo.answering import Call

EVENTS = {"transaction_created", "transaction_updated", "track_updated", "batch_created",
          "batch_purchased", "all"}  # fmt: skip
MOST_URL = 200


async def create(call: Call) -> dict[str, Any]:
    url, event = _asked(call)
    hook = Hook(
        tenant=call.tenant,
        dialect=VENDOR,
        url=url,
        options={"event": event, "is_test": call.body.get("is_test") is True},
        active=call.body.get("active") is not False,
    )
    try:
        return shown(await call.services.hooks.add(hook), call)
    except ValueError as error:
        raise faults.field("url", str(error)) from None


async def update(call: Call) -> dict[str, Any]:
    hook = await _found(call)
    hook.url, event = _asked(call)
    is_test = call.body.get("is_test", hook.options.get("is_test")) is True
    hook.options = hook.options | {"event": event, "is_test": is_test}
    hook.active = call.body.get("active", hook.active) is not False
    try:
        await call.services.hooks.save(hook)
    except ValueError as error:
        raise faults.field("url", str(error)) from None
    return shown(hook, call)


async def all_of(call: Call) -> dict[str, Any]:
    hooks = await call.services.hooks.of_tenant(call.tenant, VENDOR)
    results = [shown(hook, call) for hook in hooks]
    return {"next": None, "previous": None, "count": len(results), "results": results}


async def retrieve(call: Call) -> dict[str, Any]:
    return shown(await _found(call), call)


async def delete(call: Call) -> None:
    await call.services.hooks.delete(await _found(call))


def shown(hook: Hook, call: Call) -> dict[str, Any]:
    """A Webhook."""
    return {
        "object_id": f"{hook.id:032x}",
        "object_owner": call.credential.tenant_name,
        "object_created": moments.of_us(hook.created_us),
        "object_updated": moments.of_us(hook.updated_us),
        "url": hook.url,
        "event": hook.options.get("event") or "all",
        "active": hook.active,
        "is_test": hook.options.get("is_test") is True,
    }


def _asked(call: Call) -> tuple[str, str]:
    """(url, event) of the body."""
    url, event = call.text("url"), call.text("event")
    if not url:
        raise faults.required("url")
    if len(url) >= MOST_URL:
        raise faults.field("url", f"Ensure this has less than {MOST_URL} characters.")
    if event not in EVENTS:
        raise faults.field("event", f'"{event}" is not a valid choice.')
    return url, event


async def _found(call: Call) -> Hook:
    text = call.path("id")
    try:
        number = int(text, 16) if len(text) == 32 else None
    except ValueError:
        number = None
    hook = None
    if number is not None and number < 2**63:
        hook = await call.services.hooks.by_id(call.tenant, VENDOR, number)
    if hook is None:
        raise faults.not_found()
    return hook
