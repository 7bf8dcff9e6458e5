"""`/console/subscriptions` and `/console/deliveries`: who is told, what was sent, and again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from milepost.engine.announce import TOPICS
from milepost.pages.console.filters import Filters
from milepost.pages.console.refusals import in_words
from milepost.pages.console.visit import Visit

STATES = ("pending", "delivered", "failed")
# As people call them; who has none of these is told by our own webhooks.
DIALECTS = ("17track", "aftership", "easypost", "kdniao", "kuaidi100", "shippo")
SUBSCRIPTIONS, DELIVERIES = "/console/subscriptions", "/console/deliveries"


async def subscriptions(visit: Visit, shown_once: Any = None) -> Response:
    query = {"cursor": visit.request.query_params.get("after"), "limit": 100}
    answer = await visit.call("GET", "/v1/subscriptions", query=query)
    body = answer.body if answer.ok else {"subscriptions": [], "next": None}
    return visit.page("subscriptions.html", rows=body["subscriptions"], more=body["next"],
                      topics=TOPICS, shown_once=shown_once)  # fmt: skip


async def subscribe(visit: Visit) -> Response:
    """The secret is shown once, in the answer itself."""
    form = visit.form
    body = {"url": form.get("url"), "events": form.all("event") or None,
            "number": form.get("number") or None}  # fmt: skip
    given = {name: value for name, value in body.items() if value is not None}
    answer = await visit.changed("POST", "/v1/subscriptions", "subscription_added",
                                 f"subscription {form.get('url')}", body=given)  # fmt: skip
    if not answer.ok:
        return await visit.again(subscriptions, "subscription", visit.why(answer))
    return await subscriptions(visit, answer.body)


async def change_subscription(visit: Visit) -> Response:
    """Switch on or off, test, renew the secret, delete."""
    number, action = quote(visit.form.get("id"), safe=""), visit.form.get("action")
    path, subject = f"/v1/subscriptions/{number}", f"subscription {number}"
    before = (await visit.call("GET", path)).body
    calls: dict[str, tuple[str, str, Any]] = {
        "on": ("PATCH", path, {"active": True}),
        "off": ("PATCH", path, {"active": False}),
        "test": ("POST", f"{path}/test", None),
        "rotate": ("POST", f"{path}/rotate", None),
        "delete": ("DELETE", path, None),
    }
    if action not in calls:
        return visit.back(SUBSCRIPTIONS)
    method, where, body = calls[action]
    answer = await visit.changed(method, where, f"subscription_{action}", subject, before,
                                 body=body)  # fmt: skip
    if action == "rotate" and answer.ok:
        return await subscriptions(visit, answer.body)
    if action == "test" and answer.ok:
        return visit.back(SUBSCRIPTIONS, _tested(visit, answer.body))
    return visit.said(answer, f"sending.{action}", SUBSCRIPTIONS)


def _tested(visit: Visit, body: Any) -> str:
    if body["delivered"]:
        return visit.reader.text("sending.test", code=body["code"], ms=body["duration_ms"])
    return visit.reader.text(
        "sending.test_failed", why=in_words(body["error"] or str(body["code"]), visit.reader)
    )


async def deliveries(visit: Visit) -> Response:
    known = ("state", "number", "subscription", "dialect", "after")
    filters = Filters(DELIVERIES, visit.request.query_params, known)
    query = {name: filters.get(name) or None for name in known[:4]}
    if query["dialect"] not in DIALECTS:
        query["dialect"] = None
    query["cursor"] = filters.get("after") or None
    answer = await visit.call("GET", "/v1/deliveries", query=query)
    body = answer.body if answer.ok else {"deliveries": [], "next": None}
    more = filters.with_(after=body["next"]) if body["next"] else None
    return visit.page("deliveries.html", rows=body["deliveries"], more=more, filters=filters,
                      states=STATES, dialects=DIALECTS,
                      fault=None if answer.ok else visit.why(answer))  # fmt: skip


async def delivery(visit: Visit) -> Response:
    number = quote(str(visit.request.path_params["id"]), safe="")
    answer = await visit.call("GET", f"/v1/deliveries/{number}")
    return visit.page("delivery.html", 200 if answer.ok else 404, one=answer.body, answer=answer)


async def replay(visit: Visit) -> Response:
    """One again, or all dead letters."""
    number = visit.form.get("id")
    if number:
        path = f"/v1/deliveries/{quote(number, safe='')}/replay"
        answer = await visit.changed("POST", path, "replayed", f"delivery {number}")
        return visit.said(answer, "sending.replayed", DELIVERIES, n=1)
    # Those that the list was of; both filters are the API's own.
    names = ("subscription", "dialect")
    wish = {name: visit.form.get(name) for name in names if visit.form.get(name)}
    answer = await visit.changed("POST", "/v1/deliveries/replay", "replayed", "deliveries",
                                 body=wish)  # fmt: skip
    count = answer.body["replayed"] if answer.ok else 0
    return visit.said(answer, "sending.replayed", DELIVERIES, n=count)
