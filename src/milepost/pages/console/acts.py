"""What can be done to rows of the worry list, one or many, with a moment to take it back.

Acknowledging and putting off happen at once and are undone by putting back what was. Acts that
reach others (a case, a carrier) wait until the moment has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from milepost.pages.console import board
from milepost.pages.console.native import Answer, Who
from milepost.pages.console.reader import HOUR_US
from milepost.pages.console.services import Services
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.console.books import Act
from milepost.stores.postgres.console.worries import Worry

AT_ONCE = ("acknowledge", "snooze", "wake")
LATER = ("open_case", "ask_carrier", "second_delivery", "assign")
MOST = 500
SNOOZE_H = (4, 24, 72)


async def act(visit: Visit) -> Response:
    """The form of a list: an action on the chosen numbers; of the board, where a case goes."""
    form = visit.form
    if form.get("move"):
        return await board.move(visit)
    action, numbers = form.get("action"), list(dict.fromkeys(form.all("number")))[:MOST]
    if form.get("one"):  # the button of a single row
        action, _, number = form.get("one").partition("~")
        numbers = [number]
    known = await visit.services.worries.find(visit.tenant, numbers)
    if action not in (*AT_ONCE, *LATER) or not known:
        return visit.back(_home(visit), visit.reader.text("act.nothing"))
    if action in AT_ONCE:
        made = await _at_once(visit, action, known)
    else:
        made = await _later(visit, action, known)
    said = visit.reader.text(f"act.done.{action}", n=len(known))
    return visit.back(_home(visit), said, undo=made)


async def undo(visit: Visit) -> Response:
    """Take back one's own last act, while its moment lasts."""
    text = visit.form.get("act")
    services = visit.services
    found = None
    if text.isascii() and text.isdigit() and len(text) < 18:
        found = await services.acts.undo(visit.tenant, visit.user.id, int(text))
    if found is None:
        return visit.back(_home(visit), visit.reader.text("act.too_late"))
    if found.action in AT_ONCE:
        before = found.body["before"]
        names = list(before)
        await services.worries.put(
            visit.tenant, names, [before[one][0] for one in names],
            [before[one][1] for one in names],
        )  # fmt: skip
    elif found.action in LATER:
        await services.worries.hold(visit.tenant, found.numbers, None)
    await visit.note("undone", f"act {found.id}", {"action": found.action}, None)
    return visit.back(_home(visit), visit.reader.text("act.undone"))


async def _at_once(visit: Visit, action: str, known: dict[str, Worry]) -> int:
    services, names = visit.services, list(known)
    hours = visit.form.get("hours")
    span = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 5 else SNOOZE_H[1]
    until = services.now_us() + span * HOUR_US if action == "snooze" else 0
    who = visit.user.email if action == "acknowledge" else None
    before = {name: [one.acknowledged_by, one.snoozed_us] for name, one in known.items()}
    await services.worries.put(visit.tenant, names, [who] * len(names), [until] * len(names))
    after = {"acknowledged_by": who, "snoozed_us": until, "numbers": names}
    await visit.note(action, _subject(names), before, after)
    # What has been done already only waits to be undone, and is settled without being run.
    return await services.acts.add(
        visit.tenant, visit.user.id, visit.user.email, action, names, {"before": before},
        services.undo_s * 2,
    )  # fmt: skip


async def _later(visit: Visit, action: str, known: dict[str, Worry]) -> int:
    services, names = visit.services, list(known)
    owner = visit.form.get("owner") or visit.user.email
    body = {"text": visit.form.get("text")[:4_000], "owner": owner, "user": visit.user.id}
    made = await services.acts.add(
        visit.tenant, visit.user.id, visit.user.email, action, names, body, services.undo_s
    )
    await services.worries.hold(visit.tenant, names, made)
    await visit.note(action, _subject(names), None, {"numbers": names, **body})
    return made


def _subject(names: Sequence[str]) -> str:
    return f"shipment {names[0]}" if len(names) == 1 else f"{len(names)} shipments"


def _home(visit: Visit) -> str:
    """The page that the form was on."""
    wanted = visit.form.get("back")
    return wanted if wanted.startswith("/console") and wanted.isprintable() else "/console"


async def run(services: Services, one: Act) -> None:
    """Do for good what was not undone."""
    outcome: dict[str, Any] = {}
    if one.action in LATER:
        known = await services.worries.find(one.tenant, one.numbers)
        for number in one.numbers:
            answer = await _do(services, one, number, known.get(number))
            if not answer.ok:
                outcome[number] = answer.why
        await services.worries.hold(one.tenant, one.numbers, None)
    elif one.action == board.MOVE and not (answer := await board.run(services, one)).ok:
        outcome[one.numbers[0]] = answer.why
    await services.acts.settle(one.id, {"refused": outcome} if outcome else None)
    if outcome:
        await services.audit.note(
            one.tenant, one.actor, f"{one.action}_refused", f"act {one.id}", None, outcome
        )


async def _do(services: Services, one: Act, number: str, worry: Worry | None) -> Answer:
    """One number: a case where there is none, then the step."""
    who = Who(one.tenant, int(one.body.get("user", 0)), one.actor, writes=True)
    kind = "second_delivery" if one.action == "second_delivery" else "alert"
    case = worry.case_id if worry is not None else None
    if case is None or (worry is not None and kind not in ("alert", worry.case_kind)):
        answer = await _open(services, who, number, kind, one)
        if answer.status == 422 and kind != "alert":  # its status does not allow that kind now
            answer = await _open(services, who, number, "alert", one)
        if not answer.ok:
            return answer if answer.status != 409 else Answer(200, None)
        case = answer.body["id"]
    return await _step(services, who, case, one)


async def _open(services: Services, who: Who, number: str, kind: str, one: Act) -> Answer:
    body = {"kind": kind, "number": number, "text": one.body.get("text", ""),
            "key": f"act:{one.id}:{number}:{kind}"}  # fmt: skip
    return await services.native(who, "POST", "/v1/cases", body=body)


async def _step(services: Services, who: Who, case: int, one: Act) -> Answer:
    bodies: dict[str, list[dict[str, Any]]] = {
        "ask_carrier": [{"action": "asked_carrier", "text": one.body.get("text", "")}],
        "assign": [{"action": "assigned", "body": {"owner": one.body.get("owner")}}],
    }
    answer = Answer(200, None)
    for body in bodies.get(one.action, []):
        answer = await services.native(who, "POST", f"/v1/cases/{case}/steps", body=body)
    return answer
