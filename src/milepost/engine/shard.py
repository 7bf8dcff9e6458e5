"""Rooms 4 to 6 for the shipments of one shard: admit, advance, judge. No I/O, no clock.

A shard owns the packed state of its shipments. What it returns is what has to be committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from milepost.domain.advance import advance, follow, merge
from milepost.domain.alert import DEFAULT_POLICY, Finding
from milepost.domain.event import Event, mark_of
from milepost.domain.marks import EMPTY, MOST_MARKS, Mark, code_of, count_of
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE
from milepost.engine.ended import ended_s
from milepost.engine.grounds import grounds
from milepost.engine.judge import judge, plain_due
from milepost.engine.policies import PolicyOf
from milepost.engine.rows import AlertChange, Group, Link, Row
from milepost.engine.wheel import Wheel


# The collector looks at neither of these: there are many, and nothing holds them in a circle.
class Change(Struct, frozen=True, gc=False):
    """What events did to a shipment: packed states before and after, and the newest event."""

    tenant: int
    road: int
    number: str
    before: bytes | None
    after: bytes
    event: Event


class Dirty(Struct, frozen=True, gc=False):
    """What the read model must know of a shipment whose row is behind."""

    tenant: int
    number: str
    carrier: str | None
    order_number: str | None
    received_us: int


class Outcome(Struct):
    """Of one batch: places of duplicates and of refused items, and the changes made."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[tuple[int, str]] = []
    changes: list[Change] = []


# Whoever asks waits while these are looked through.
FEW = 2_000
TOO_MANY = f"number: has {MOST_MARKS} events already; no more are taken"


class Shard:
    """The live roads of one shard, and the rooms that they walk through.

    A road is that of one box under all its numbers, known by the key of the first of them.
    """

    def __init__(self, policy_of: PolicyOf = lambda _tenant, _road: DEFAULT_POLICY) -> None:
        self.states: dict[int, bytes] = {}
        self.links: dict[int, Link] = {}
        self.open: dict[int, dict[str, Finding]] = {}
        self.more_alerts: dict[int, int] = {}  # how many open alerts of other judges a road has
        self.dirty: dict[int, Dirty] = {}
        self.being_written: Mapping[int, Dirty] = {}
        self.wheel = Wheel()
        self._policy_of = policy_of

    def road_of(self, parcel: int) -> int:
        """The road that a tracking number belongs to."""
        link = self.links.get(parcel)
        return parcel if link is None else link.road

    def behind(self, road: int) -> Dirty | None:
        """What is known of a shipment whose line in the read model is not written yet."""
        return self.dirty.get(road) or self.being_written.get(road)

    def just_ordered(self, tenant: int, order_number: str) -> list[str]:
        """Numbers of an order whose lines are not written yet; none where too many are not."""
        if len(self.dirty) > FEW:
            return []
        behind = [*self.being_written.values(), *self.dirty.values()]
        return [
            one.number
            for one in behind
            if one.tenant == tenant and one.order_number == order_number
        ]

    def unwritten(self) -> dict[int, tuple[int, bytes]]:
        """Road → (tenant, state) of all of these."""
        behind = {**self.being_written, **self.dirty}
        known = ((road, one.tenant, self.states.get(road)) for road, one in behind.items())
        return {road: (tenant, state) for road, tenant, state in known if state is not None}

    def process(self, rows: Iterable[tuple[int, Row]], now_s: int, group: Group) -> Outcome:
        """Take a batch of (place in the batch, row); what must be written goes into `group`."""
        outcome = Outcome()
        upgraded: set[int] = set()
        for road, wave in self._admit(rows, outcome, group, upgraded).items():
            self._advance(road, wave, upgraded, now_s, group, outcome)
        return outcome

    def _admit(
        self,
        rows: Iterable[tuple[int, Row]],
        outcome: Outcome,
        group: Group,
        upgraded: set[int],
    ) -> dict[int, list[Row]]:
        """Room 4: duplicates leave here. `upgraded` gets the roads on which a known scan now
        comes with a higher code (see `marks.code_of`).
        """
        waves: dict[int, list[Row]] = {}
        written = len(group.rows)
        fresh: dict[int, int] = {}  # fingerprint → code; the parcel is part of a fingerprint
        states, links = self.states, self.links
        for index, row in rows:
            event = row.event
            link = links.get(event.parcel)
            road = event.parcel if link is None else link.road
            state = states.get(road)
            fingerprint, code = event.fingerprint, event.code
            known = -1 if state is None else code_of(state, fingerprint)
            wave = waves.get(road)
            if code <= known or code <= fresh.get(fingerprint, -1):
                outcome.duplicates += 1
            elif state is not None and count_of(state) + len(wave or ()) >= MOST_MARKS:
                outcome.refused.append((index, TOO_MANY))
            else:
                if known >= 0:
                    upgraded.add(road)
                fresh[fingerprint] = code
                if wave is None:
                    waves[road] = [row]
                else:
                    wave.append(row)
                group.rows.append(row)
        outcome.accepted = len(group.rows) - written
        return waves

    def _advance(
        self,
        road: int,
        wave: list[Row],
        upgraded: set[int],
        now_s: int,
        group: Group,
        outcome: Outcome,
    ) -> None:
        """Room 5, and 6 for what has changed."""
        before = self.states.get(road)
        row = wave[-1]
        after = None
        if len(wave) == 1 and row.event.reference is None and road not in upgraded:
            after = follow(before or EMPTY, mark_of(row.event))
        if after is None:
            after = advance(before, *_marks(wave))
        self.states[road] = after
        number = self._note(road, row)
        change = Change(row.tenant, road, number, before, after, row.event)
        outcome.changes.append(change)
        self._judge(change, now_s, group)

    def _note(self, road: int, row: Row) -> str:
        """Remember that the shipment's line in the read model is behind."""
        event = row.event
        body, linked = event.body, event.parcel in self.links
        adds = linked or body.order_number is not None
        known = self.dirty.get(road)
        if known is not None and known.carrier == body.carrier and not adds:
            return known.number  # the line says all that this scan does
        known = known or self.being_written.get(road)
        first = self.links.get(road) if linked else None
        number = first.number if first is not None else body.number
        order = body.order_number or (known.order_number if known else None)
        carrier = body.carrier or (known.carrier if known else None)
        self.dirty[road] = Dirty(row.tenant, number, carrier, order, event.received_us)
        return number

    def _judge(self, change: Change, now_s: int, group: Group) -> None:
        if change.road not in self.open and not _speaks(change.after):
            if not _due_changed(change):
                return  # only time could make a rule speak, and for that the wheel has it already
            policy = self._policy_of(change.tenant, change.road)
            due_s = plain_due(Shipment(change.after), policy)
            if due_s is None or due_s > now_s:
                if due_s is not None:
                    self.wheel.put(change.road, due_s)
                return
        self.look(change.tenant, change.road, change.number, now_s, group)

    def look(self, tenant: int, road: int, number: str, now_s: int, group: Group) -> None:
        """Room 6: judge one shipment now, and say when to look again."""
        view = Shipment(self.states[road])
        known = self.open.get(road, {})
        policy = self._policy_of(tenant, road)
        verdict = judge(view, now_s, policy, known)
        graver = {one.rule: one.since_s for one in verdict.opened}
        for rule in verdict.cleared:
            at_s = graver[rule] if rule in graver else ended_s(view, known[rule], policy)
            group.alerts.append(AlertChange(tenant, road, number, rule, None, at_s))
        for finding in verdict.opened:
            rests_on = grounds(finding, view)
            group.alerts.append(
                AlertChange(tenant, road, number, finding.rule, finding, None, rests_on)
            )
        for finding in verdict.moved:
            group.moved.append(AlertChange(tenant, road, number, finding.rule, finding, None))
        if verdict.opened or verdict.cleared:  # the shipment's line counts its alerts
            what = Dirty(tenant, number, None, None, now_s * 1_000_000)
            self.dirty.setdefault(road, self.being_written.get(road, what))
        if verdict.standing:
            self.open[road] = verdict.standing
        else:
            self.open.pop(road, None)
        if verdict.due_s is not None:
            self.wheel.put(road, verdict.due_s)

    def join(self, links: Iterable[Link]) -> list[tuple[Link, bytes]]:
        """Numbers turn out to belong to one box. Gives the states that were kept for some of
        them and now are part of another road, to be absorbed by whoever owns that.
        """
        given_up: list[tuple[Link, bytes]] = []
        for link in links:
            self.links[link.parcel] = link
            if link.parcel != link.road and link.parcel in self.states:
                given_up.append((link, self.states.pop(link.parcel)))
                self.dirty.pop(link.parcel, None)
        return given_up

    def absorb(self, road: int, state: bytes) -> None:
        """Add a state's events to a shipment (merging is a union, so it may be done twice)."""
        mine = self.states.get(road)
        self.states[road] = state if mine is None else merge(mine, state)


def _marks(wave: list[Row]) -> tuple[list[Mark], Mapping[int, int]]:
    marks = sorted((mark_of(row.event) for row in wave), key=lambda mark: mark.order)
    references = {
        row.event.fingerprint: row.event.reference
        for row in wave
        if row.event.reference is not None
    }
    return marks, references


def _due_changed(change: Change) -> bool:
    """Whether a rule could have to be asked sooner: another status, or the same since earlier.

    Byte 1 of a state is its status code, bytes 6 to 9 the second since when its main holds. On the
    way no rule asks for the sub, and a move only puts off when they speak.
    """
    before, after = change.before, change.after
    if before is None or before[6:10] != after[6:10]:
        return True
    main = MAIN[after[1]]
    return MAIN[before[1]] != main or (before[1] != after[1] and main != "in_transit")


def _speaks(state: bytes) -> bool:
    """Whether status, flags, attempts or references can make a rule other than a clock's speak."""
    # Where the header has the code (1), the count of references (4), flags and attempts (24).
    return _TROUBLE[state[1]] or state[4:6] != _NO_COUNT or state[24:27] != _NO_FLAGS


_NO_COUNT, _NO_FLAGS = bytes(2), bytes(3)
_TROUBLE = [code in BY_CODE and BY_CODE[code].trouble for code in range(256)]
