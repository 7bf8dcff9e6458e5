"""`/console/cases/{id}`: one case with its steps and next actions; see `board` for all of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from babel.numbers import get_currency_precision
from starlette.responses import Response

from milepost.domain.track import Track
from milepost.engine.cases.check import PROBLEMS
from milepost.engine.cases.kinds import Kind, kinds
from milepost.engine.resolve import BadScanError
from milepost.pages.console.times import moment_of
from milepost.pages.console.visit import Visit
from milepost.web.problems import ProblemError

_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?", re.ASCII)
ACTIONS = (
    "noted", "asked_carrier", "carrier_answered", "asked_buyer", "buyer_answered", "escalated",
)  # fmt: skip


async def new(visit: Visit) -> Response:
    """The form of a kind, with the fields that it asks for."""
    query = visit.request.query_params
    number, kind = query.get("number", ""), _kind(query.get("kind", "report"))
    worry = (await visit.services.worries.find(visit.tenant, [number])).get(number)
    given = {"currency": worry.currency or "" if worry else ""}
    return _form(visit, kind, number, given)


def _form(
    visit: Visit, kind: Kind, number: str, given: dict[str, str], fault: str | None = None
) -> Response:
    status = 422 if fault else 200
    return visit.page("case_new.html", status, number=number, kind=kind, problems=PROBLEMS,
                      fault=fault, given=given)  # fmt: skip


async def add(visit: Visit) -> Response:
    kind, number = _kind(visit.form.get("kind")), visit.form.get("number")
    names = [*(one.rstrip("!") for one in kind.fields), *kind.personal]
    typed = {name: visit.form.get(name) for name in names if visit.form.get(name)}
    given = {name: _value(name, text, typed) for name, text in typed.items()}
    body = {"kind": kind.name, "number": number, "text": visit.form.get("text"), "fields": given}
    answer = await visit.call("POST", "/v1/cases", body=body)
    if not answer.ok:
        text = {"text": visit.form.get("text")}
        return _form(visit, kind, number, typed | text, visit.why(answer))
    # Personal fields have gone to the vault and must not come back in the log.
    await visit.note("case_opened", f"case {answer.body['id']}", None, {"kind": kind.name,
                     "number": number})  # fmt: skip
    return visit.back(f"/console/cases/{answer.body['id']}")


async def show(visit: Visit) -> Response:
    answer = await visit.call("GET", f"/v1/cases/{_id(visit)}")
    if not answer.ok:
        raise ProblemError(answer.status, visit.why(answer))
    case = answer.body["case"]
    track, worth = await _beside(visit, str(case["number"]))
    due = moment_of(case.get("deadline_at"))
    template = "_case_peek.html" if visit.part == "peek" else "case.html"
    return visit.page(
        template, id=answer.body["id"], case=case, steps=answer.body["steps"][::-1],
        intact=answer.body["intact"], kind=_kind(case["kind"]), actions=ACTIONS,
        due=due, late=due is not None and due < visit.reader.now,
        number_url=f"/console/shipments/{quote(case['number'], safe='')}", track=track, worth=worth,
    )  # fmt: skip


async def _beside(visit: Visit, number: str) -> tuple[Track | None, str]:
    """The shipment as it stands, and what it is worth, where anything is known of it."""
    try:
        track = await visit.services.queries.track(visit.tenant, number, private=True)
    except BadScanError:
        return None, ""
    worry = (await visit.services.worries.find(visit.tenant, [number])).get(number)
    return track, visit.reader.money(worry.value_minor, worry.currency) if worry else ""


async def step(visit: Visit) -> Response:
    """A step of the form: what it needs comes from the form's fields."""
    number, body = _id(visit), _step(visit)
    answer = await visit.call("POST", f"/v1/cases/{number}/steps", body=body)
    if answer.ok:  # what was said stands in the case, and can be erased there
        await visit.note(f"case_{body['action']}", f"case {number}", None, body["body"])
    return visit.said(answer, "cases.done", f"/console/cases/{number}")


def _step(visit: Visit) -> dict[str, Any]:
    form = visit.form
    action, _, task = form.get("action").partition("~")
    hours = form.get("hours")
    bodies: dict[str, dict[str, Any]] = {
        "task_done": {"task": task},
        "task_undone": {"task": task},
        "assigned": {"owner": form.get("owner") or visit.user.email},
        "closed": {"outcome": form.get("outcome")},
        "attached": {"evidence": form.get("evidence")},
    }
    if action == "deadline_set" and hours.isascii() and hours.isdigit() and len(hours) < 5:
        bodies[action] = {
            "deadline_at": (visit.reader.now + timedelta(hours=int(hours))).isoformat()
        }
    return {"action": action or "noted", "text": form.get("text"), "body": bodies.get(action, {})}


def _kind(name: str) -> Kind:
    found = kinds().get(name)
    if found is None:
        raise ProblemError(404, f"There is no kind of case called '{name}'.")
    return found


def _value(name: str, text: str, typed: dict[str, str]) -> Any:
    """Stars are a number, and so are amounts, which people type as they are written on a bill."""
    if name == "amount_minor":
        return _minor(text, typed.get("currency", "").upper())
    if name == "currency":
        return text.upper()
    return int(text) if name == "stars" and text.isascii() and text.isdigit() else text


def _minor(text: str, currency: str) -> Any:
    """`12.50` or `12,50` in the smallest unit of the currency; what is no amount stays text."""
    found = _AMOUNT.fullmatch(text)
    digits = get_currency_precision(currency)
    if found is None or len(found[2] or "") > digits:
        return text
    return int(found[1] + (found[2] or "").ljust(digits, "0"))


def _id(visit: Visit) -> str:
    return quote(str(visit.request.path_params["id"]), safe="")
