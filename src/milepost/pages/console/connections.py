"""`/console/connections`: accounts upstream, how fresh their answers are, and how they stand."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from milepost.pages.console.visit import Visit

HOME = "/console/connections"


async def show(visit: Visit) -> Response:
    found = await visit.call("GET", "/v1/connections")
    sources = await visit.call("GET", "/v1/connections/sources")
    wanted = visit.kept("connection", "source") or visit.request.query_params.get("source")
    known = sources.body["sources"] if sources.ok else []
    chosen = next((one for one in known if one["source"] == wanted), None)
    rows = found.body["connections"] if found.ok else []
    return visit.page("connections.html", rows=rows, sources=known, chosen=chosen)


async def add(visit: Visit) -> Response:
    form = visit.form
    secrets = {
        name.removeprefix("credential."): value.strip()
        for name, value in form.pairs
        if name.startswith("credential.") and value.strip()
    }
    body: dict[str, Any] = {"source": form.get("source"), "name": form.get("name"),
                            "credentials": secrets}  # fmt: skip
    if form.get("carriers"):
        body["carriers"] = [one.strip() for one in form.get("carriers").split(",") if one.strip()]
    budget = form.get("daily_budget")
    if budget:  # what is no number the API refuses
        body["daily_budget"] = int(budget) if budget.isascii() and budget.isdigit() else budget
    answer = await visit.changed("POST", "/v1/connections", "connection_added",
                                 f"connection {form.get('source')}", body=body)  # fmt: skip
    if not answer.ok:
        return await visit.again(show, "connection", visit.why(answer))
    return visit.said(answer, "connections.added", HOME)


async def change(visit: Visit) -> Response:
    number, action = quote(visit.form.get("id"), safe=""), visit.form.get("action")
    path, subject = f"/v1/connections/{number}", f"connection {number}"
    if action == "test":
        body = {"number": visit.form.get("number")}
        answer = await visit.call("POST", f"{path}/test", body=body)
        return visit.page("connection_test.html", answer=answer, number=body["number"])
    before = (await visit.call("GET", path)).body
    calls: dict[str, tuple[str, Any]] = {
        "pause": ("PATCH", {"active": False}),
        "resume": ("PATCH", {"active": True}),
        "delete": ("DELETE", None),
    }
    if action not in calls:
        return visit.back(HOME)
    method, body = calls[action]
    answer = await visit.changed(method, path, f"connection_{action}", subject, before, body=body)
    return visit.said(answer, f"connections.{action}", HOME)
