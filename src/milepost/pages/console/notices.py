"""`/console/notices`: what holds parcels up: weather, closures, peaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args, get_type_hints
from urllib.parse import quote

from starlette.responses import Response

from milepost.domain.notice import Notice
from milepost.locale.catalogue import DEFAULT
from milepost.pages.console.coming import country_of
from milepost.pages.console.times import moment_of
from milepost.pages.console.visit import Visit

HOME = "/console/notices"
MOST_HOURS = 8_784


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
    hours, now = form.get("hours"), visit.reader.now
    if hours and not _is_whole(hours):
        return await visit.again(show, "notice", visit.reader.text("notices.bad_hours"))
    until = now + timedelta(hours=int(hours)) if hours else None
    body: dict[str, Any] = {
        "kind": form.get("kind"), "title": form.get("title"), "text": form.get("text"),
        "from_at": now.isoformat(), "until_at": until.isoformat() if until else None,
    }  # fmt: skip
    countries = {
        one: country_of(one, visit.reader.locale) for one in _listed(form.get("countries"))
    }
    known = await _slugs(visit)
    carriers = {one: known.get(one.casefold()) for one in _listed(form.get("carriers"))}
    strange = [one for one, code in {**countries, **carriers}.items() if code is None]
    if strange:
        why = visit.reader.text("notices.strange", names=", ".join(strange))
        return await visit.again(show, "notice", why)
    areas: list[dict[str, Any]] = [{"country": one} for one in countries.values()]
    areas += [{"place": one} for one in _listed(form.get("places"))]
    body |= {"areas": areas, "carriers": list(carriers.values())}
    delay = form.get("delay_h")
    if delay and not _is_whole(delay):
        return await visit.again(show, "notice", visit.reader.text("notices.bad_hours"))
    if delay:
        body["delay_h"] = int(delay)
    answer = await visit.changed("POST", "/v1/notices", "notice_given", f"notice {body['title']}",
                                 body=body)  # fmt: skip
    if not answer.ok:
        return await visit.again(show, "notice", visit.why(answer))
    return visit.said(answer, "notices.given", HOME)


def _is_whole(text: str) -> bool:
    """Whether it is a number of hours, of a year at the most."""
    return text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MOST_HOURS


async def _slugs(visit: Visit) -> dict[str, str]:
    """The tenant's carriers by slug and by name, as readers may write them."""
    found = await visit.services.network.carriers(visit.tenant)
    named = {visit.reader.carrier(one).casefold(): one for one in found}
    english = {visit.services.carrier_name(one, DEFAULT).casefold(): one for one in found}
    return {one: one for one in found} | english | named


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
        if not answer.ok:
            return await visit.again(show, "feed", visit.why(answer))
    return visit.said(answer, "notices.feeds_changed", HOME)
