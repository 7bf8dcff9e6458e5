"""`/console/notices`: what holds parcels up: weather, closures, peaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args, get_type_hints
from urllib.parse import quote

from starlette.responses import Response

from milepost.domain.notice import Notice
from milepost.pages.console.desk import Visit
from milepost.pages.console.times import moment_of

HOME = "/console/notices"


def kinds() -> tuple[str, ...]:
    """The kinds of notices there are, as the struct says."""
    return tuple(get_args(get_type_hints(Notice)["kind"]))


async def show(visit: Visit) -> Response:
    answer = await visit.call("GET", "/v1/notices")
    feeds = await visit.call("GET", "/v1/notice-feeds")
    rows = [one for one in (answer.body["notices"] if answer.ok else ()) if _holds(visit, one)]
    return visit.page(
        "notices.html", rows=rows, kinds=kinds(),
        feeds=feeds.body["feeds"] if feeds.ok else [],
    )  # fmt: skip


def _holds(visit: Visit, row: dict[str, Any]) -> bool:
    """Whether it does or will; what has ended stays in the record, and in the audit log."""
    until = moment_of(row["notice"].get("until_at"))
    return until is None or until > visit.reader.now


async def add(visit: Visit) -> Response:
    form = visit.form
    hours = form.get("hours")
    now = visit.reader.now
    until = now + timedelta(hours=int(hours)) if hours.isdigit() and len(hours) < 5 else None
    body: dict[str, Any] = {
        "kind": form.get("kind"), "title": form.get("title"), "text": form.get("text"),
        "from_at": now.isoformat(), "until_at": until.isoformat() if until else None,
    }  # fmt: skip
    areas = [{"country": one.upper()} for one in _listed(form.get("countries"))]
    areas += [{"place": one} for one in _listed(form.get("places"))]
    body |= {"areas": areas, "carriers": _listed(form.get("carriers"))}
    if form.get("delay_h").isdigit():
        body["delay_h"] = int(form.get("delay_h"))
    answer = await visit.changed("POST", "/v1/notices", "notice_given", f"notice {body['title']}",
                                 body=body)  # fmt: skip
    return visit.said(answer, "notices.given", HOME)


def _listed(text: str) -> list[str]:
    return [
        one.strip() for one in text.replace("、", ",").replace("，", ",").split(",") if one.strip()
    ]


async def end(visit: Visit) -> Response:
    number = quote(visit.form.get("id"), safe="")
    answer = await visit.changed("DELETE", f"/v1/notices/{number}", "notice_ended",
                                 f"notice {number}")  # fmt: skip
    return visit.said(answer, "notices.ended", HOME)


async def feed(visit: Visit) -> Response:
    """Listen to a feed, or no longer."""
    number, url = quote(visit.form.get("id"), safe=""), visit.form.get("url")
    if number:
        answer = await visit.changed("DELETE", f"/v1/notice-feeds/{number}", "feed_removed",
                                     f"feed {number}")  # fmt: skip
    else:
        answer = await visit.changed("POST", "/v1/notice-feeds", "feed_added", f"feed {url}",
                                     body={"url": url})  # fmt: skip
    return visit.said(answer, "notices.feeds_changed", HOME)
