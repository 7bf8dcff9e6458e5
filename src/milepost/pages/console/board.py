"""`/console/cases`: open cases by whose turn it is, and moving one from side to side.

A move is a step of the case, which others are told of: so it waits for a moment in which it can be
taken back, and the board shows it meanwhile where it will be.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from starlette.responses import Response

from milepost.domain.case import Case
from milepost.domain.status import BY_CODE
from milepost.engine.cases.kinds import kinds
from milepost.identify import normalise
from milepost.pages.console.filters import Filters
from milepost.pages.console.native import Answer, Who
from milepost.pages.console.services import Services
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.console.board import BoardFilter, Open
from milepost.stores.postgres.console.books import Act
from milepost.stores.postgres.console.worries import Worry

HOME = "/console/cases"
SIDES = ("merchant", "carrier", "buyer")
COLUMNS = (*SIDES, "system")
MOVE = "move_case"
# The step that makes it the turn of a side: of the one that it waited for before, if that answered.
_ASKED = {"carrier": "asked_carrier", "buyer": "asked_buyer"}
_ANSWERED = {"carrier": "carrier_answered", "buyer": "buyer_answered"}


class Ticket(Struct, frozen=True):
    """A case on the board. `moving`: it goes there in a moment."""

    id: int
    case: Case
    worry: Worry | None
    late: bool
    moving: bool

    @property
    def rank(self) -> tuple[bool, int, int]:
        """What is late first; then by time left, moved ahead by worth, as the worry list is."""
        weight = self.worry.due_us - self.worry.rank_us if self.worry else 0
        due_us = self.case.deadline_us
        return (not self.late, due_us - weight if due_us is not None else 2**62, self.id)


class Column(Struct, frozen=True):
    name: str
    tickets: list[Ticket]
    count: int

    @property
    def cut(self) -> int:
        return max(0, self.count - len(self.tickets))


async def show(visit: Visit) -> Response:
    """The board; its columns alone for the script."""
    filters = Filters(HOME, visit.request.query_params, ("kind", "owner", "number"))
    owner = filters.get("owner")
    wanted = BoardFilter(
        kind=filters.get("kind") or None, numbers=_numbers(visit, filters.get("number")),
        owner=visit.user.email if owner == "me" else owner or None,
    )  # fmt: skip
    template = "_board.html" if visit.part == "rows" else "cases.html"
    return visit.page(
        template, columns=await _columns(visit, wanted), filters=filters, kinds=list(kinds()),
        sub_of=lambda code: BY_CODE[code].sub, sides=SIDES,
    )  # fmt: skip


def _numbers(visit: Visit, text: str) -> list[str] | None:
    """Every number of the shipment that a text is one of; None for all."""
    if not text:
        return None
    number = normalise(text)
    links = visit.services.queries.links_of(visit.tenant, number)
    return [number, *(one.number for one in links)]


async def _columns(visit: Visit, wanted: BoardFilter) -> list[Column]:
    board = visit.services.board
    moves = await _moves(visit)
    counts = await board.counts(visit.tenant, wanted)
    found = {side: await board.column(visit.tenant, side, wanted) for side in COLUMNS}
    flat = [one for rows in found.values() for one in rows]
    worries = await visit.services.worries.find(visit.tenant, [one.case.number for one in flat])
    now_us = visit.services.now_us()
    tickets: dict[str, list[Ticket]] = {side: [] for side in COLUMNS}
    for one in flat:
        was = one.case.waits_for or "merchant"
        side = moves.get(one.id, was)
        late = one.case.deadline_us is not None and one.case.deadline_us < now_us
        made = Ticket(one.id, one.case, worries.get(one.case.number), late, side != was)
        tickets[side].append(made)
        if side != was:
            counts = counts | {was: counts[was] - 1, side: counts.get(side, 0) + 1}
    return [
        Column(side, sorted(tickets[side], key=lambda one: one.rank), counts.get(side, 0))
        for side in COLUMNS
        if side in SIDES or tickets[side]
    ]


async def _moves(visit: Visit) -> dict[int, str]:
    """Case → where it goes in a moment."""
    waiting = await visit.services.acts.waiting(visit.tenant, MOVE)
    return {int(one.body["case"]): str(one.body["to"]) for one in waiting}


async def move(visit: Visit) -> Response:
    """`move`: the case, a tilde, the side whose turn it is to be."""
    text, _, side = visit.form.get("move").partition("~")
    back = _back(visit)
    known = text.isascii() and text.isdigit() and len(text) < 18 and side in SIDES
    found = await visit.services.board.some(visit.tenant, [int(text)]) if known else {}
    if not found:
        return visit.back(back, visit.reader.text("act.nothing"))
    one = Open(int(text), found[int(text)])
    await _withdraw(visit, one.id)
    place = f"{back}#case-{one.id}"
    if one.case.waits_for == side:
        return visit.back(place)
    body = {"case": one.id, "to": side, "user": visit.user.id}
    made = await visit.services.acts.add(
        visit.tenant, visit.user.id, visit.user.email, MOVE, [one.case.number], body,
        visit.services.undo_s,
    )  # fmt: skip
    await visit.note(MOVE, f"case {one.id}", {"waits_for": one.case.waits_for}, {"waits_for": side})
    column = visit.reader.text(f"cases.{side}")
    return visit.back(place, visit.reader.text("cases.moved", id=one.id, column=column), undo=made)


async def _withdraw(visit: Visit, case: int) -> None:
    """Whoever moves a case once more takes the first move back."""
    for one in await visit.services.acts.waiting(visit.tenant, MOVE):
        if one.body["case"] == case:
            await visit.services.acts.undo(visit.tenant, int(one.body["user"]), one.id)


def _back(visit: Visit) -> str:
    wanted = visit.form.get("back")
    return wanted if wanted.startswith(HOME) and wanted.isprintable() else HOME


async def run(services: Services, one: Act) -> Answer:
    """The move for good: the steps that make it the turn of the side."""
    who = Who(one.tenant, int(one.body["user"]), one.actor, writes=True)
    case, side = int(one.body["case"]), str(one.body["to"])
    answer = await services.native(who, "GET", f"/v1/cases/{case}")
    if not answer.ok:
        return answer
    now = answer.body["case"].get("waits_for")
    for action in _steps(now, side) if now is not None else ():
        path = f"/v1/cases/{case}/steps"
        answer = await services.native(who, "POST", path, body={"action": action})
        if not answer.ok:
            break
    return answer


def _steps(now: str, side: str) -> Sequence[str]:
    if now == side:
        return ()
    if side == "merchant":
        return (_ANSWERED.get(now, "carrier_answered"),)
    return (_ASKED[side],)
