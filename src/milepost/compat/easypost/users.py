"""`/v2/users`: whose key it is, which clients ask to try a key."""

from __future__ import annotations

from typing import Any

from milepost.compat.easypost import faults, ids
from milepost.compat.easypost.answering import Call

_FREE = "0.00000"


async def me(call: Call) -> dict[str, Any]:
    """The tenant as a User. Nothing is paid for here, so every amount is zero."""
    return {
        "id": ids.id_of(ids.USER, call.tenant),
        "object": "User",
        "parent_id": None,
        "name": call.credential.tenant_name,
        "email": None,
        "phone_number": None,
        "reference": None,
        "balance": _FREE,
        "price_per_shipment": _FREE,
        "recharge_amount": None,
        "secondary_recharge_amount": None,
        "recharge_threshold": None,
        "verified": True,
        "children": [],
        "api_keys": [],
    }


async def retrieve(call: Call) -> dict[str, Any]:
    """Oneself; there are no child users."""
    found = await me(call)
    if call.request.path_params["id"] != found["id"]:
        raise faults.not_found()
    return found
