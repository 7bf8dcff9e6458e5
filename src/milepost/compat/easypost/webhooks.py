"""`/v2/webhooks`: where the account wants its events."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import Hook
from milepost.compat.easypost import VENDOR, faults, ids, moments
from milepost.compat.easypost.answering import Call


async def create(call: Call) -> dict[str, Any]:
    asked = call.inside("webhook")
    if not asked.get("url"):
        raise faults.required("url")
    hook = Hook(
        tenant=call.tenant,
        dialect=VENDOR,
        url=str(asked["url"]),
        secret=_secret(asked),
        options=_options(asked),
    )
    try:
        return shown(await call.services.hooks.add(hook))
    except ValueError as error:
        raise faults.invalid("url", str(error)) from None


async def all_of(call: Call) -> dict[str, Any]:
    hooks = await call.services.hooks.of_tenant(call.tenant, VENDOR)
    return {"webhooks": [shown(hook) for hook in hooks]}


async def retrieve(call: Call) -> dict[str, Any]:
    return shown(await _found(call))


async def update(call: Call) -> dict[str, Any]:
    """Set a new secret, url or headers. Any update enables a hook that was disabled."""
    hook = await _found(call)
    asked = call.inside("webhook")
    hook.url = str(asked.get("url") or hook.url)
    hook.secret = _secret(asked) if "webhook_secret" in asked else hook.secret
    hook.options = hook.options | _options(asked)
    hook.active = True
    try:
        await call.services.hooks.save(hook)
    except ValueError as error:
        raise faults.invalid("url", str(error)) from None
    return shown(hook)


async def delete(call: Call) -> dict[str, Any]:
    await call.services.hooks.delete(await _found(call))
    return {}


def shown(hook: Hook) -> dict[str, Any]:
    """A Webhook. Its secret is never told."""
    return {
        "id": ids.id_of(ids.WEBHOOK, hook.id),
        "object": "Webhook",
        "mode": "production",
        "url": hook.url,
        "created_at": moments.of_us(hook.created_us),
        "disabled_at": None if hook.active else moments.of_us(hook.updated_us),
        "custom_headers": hook.options.get("custom_headers") or [],
    }


async def _found(call: Call) -> Hook:
    number = ids.number_of(ids.WEBHOOK, str(call.request.path_params["id"]))
    hook = None
    if number is not None:
        hook = await call.services.hooks.by_id(call.tenant, VENDOR, number)
    if hook is None:
        raise faults.not_found()
    return hook


def _secret(asked: dict[str, Any]) -> str | None:
    return str(asked.get("webhook_secret") or "") or None


def _options(asked: dict[str, Any]) -> dict[str, Any]:
    """`custom_headers`: objects with `name` and `value`, sent with every event."""
    given = asked.get("custom_headers")
    if not isinstance(given, list):
        return {}
    rows = [row for row in given if isinstance(row, dict) and row.get("name")]
    return {"custom_headers": [{"name": str(r["name"]), "value": str(r.get("value") or "")}
                               for r in rows]}  # fmt: skip
