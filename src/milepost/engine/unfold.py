"""A road's events become what a reader sees. Pure: the same events always give the same Track."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from milepost.domain.alert import Finding, Policy
from milepost.domain.care import Limits
from milepost.domain.event import Event, is_status
from milepost.domain.marks import PROMISE
from milepost.domain.place import NOWHERE
from milepost.domain.scan import Facts, id_text
from milepost.domain.settle import MAIN
from milepost.domain.track import Milestone, NoticeView, Parcel, StatusView, Track
from milepost.domain.whole import Whole
from milepost.engine.alert_views import standing
from milepost.engine.arrival import arrival_of
from milepost.engine.checked import checks_of, goods_of
from milepost.engine.legs import EARLY, legs_of
from milepost.engine.road import Road, told_once
from milepost.engine.rows import Link
from milepost.engine.tellings import stand_ins, told_together
from milepost.engine.timeline import view
from milepost.rules.care import Cares


def unfold(
    number: str,
    events: Sequence[Event],
    links: Sequence[Link],
    facts: Sequence[Facts],
    *,
    shipment: int,
    now_s: int,
    policy: Policy,
    synthetic: bool = False,
    private: bool = False,
    sealed: bool = False,
    others: Sequence[Finding] = (),
    notices: Sequence[NoticeView] = (),
    limits_over: Callable[[Limits], Limits] | None = None,
    cares: Cares | None = None,
    folded: Boxes | None = None,
) -> Track:
    """The whole road. `private` gives verbatim texts; else personal data is masked. `others` are
    findings of judges that see more than the road. `limits_over` puts the shipment's own limits in
    place of its category's, `cares` what categories need, where not the usual. `folded`: the same
    boxes, where they are folded already.
    """
    folded = folded or Boxes(number, events, links, facts)
    boxes, roads, merged = folded.boxes, folded.roads, folded.facts
    statuses = {box: road.status() for box, road in roads.items()}
    leading = _leading(roads)
    events = sorted(folded.events, key=lambda event: (event.at_us, event.code, event.fingerprint))
    taken_back = {one: by for road in roads.values() for one, by in road.taken_back.items()}
    promise = arrival_of(events, merged, taken_back)
    told = told_together([event for event in events if event.code != PROMISE], taken_back)
    if instead := stand_ins(told):
        statuses = {box: _renamed(status, instead) for box, status in statuses.items()}
    checks = checks_of(events, merged, policy.sign_off, taken_back, limits_over, cares)
    return Track(
        number=number,
        carrier=_carrier(events, facts, links),
        shipment=id_text(shipment),
        order_number=merged.order_number or _first(e.body.order_number for e in events),
        status=statuses[leading],
        milestones=_milestones(roads[leading], instead),
        arrival=promise,
        promise=promise,
        legs=legs_of(events, links, taken_back, roads.values()),
        parcels=_parcels(boxes, statuses),
        alerts=standing([road.shipment for road in roads.values()], now_s, policy, others, instead),
        events=[view(event, taken_back, private=private, others=more) for event, more in told],
        notices=[] if leading_over(roads[leading]) else list(notices),
        origin=merged.origin,
        destination=merged.destination,
        service=merged.service,
        weight_g=merged.weight_g or _weighed_g(roads.values()),
        categories=list(merged.categories),
        signed_by=merged.signed_by if private else None,
        synthetic=synthetic,
        sealed=sealed,
        care=goods_of(merged.categories, cares),
        checks=[replace(one, event=instead.get(one.event, one.event)) for one in checks],
    )


class Boxes:
    """A shipment's boxes, each folded, with all that was said of them."""

    def __init__(
        self, number: str, events: Sequence[Event], links: Sequence[Link], facts: Sequence[Facts]
    ) -> None:
        self.events = told_once(events)
        self.facts = _merged_facts(facts)
        self.boxes = _boxes(number, self.events, links)
        self.roads = {box: Road(found) for box, (_, found) in self.boxes.items()}

    def wholes(self) -> list[Whole]:
        """Each box with all that was said of it."""
        return [road.whole(self.facts) for road in self.roads.values()]


def _weighed_g(roads: Collection[Road]) -> int | None:
    """Of all boxes; not known where one of them was never weighed."""
    weights = [weight for road in roads if (weight := road.weighed_g())]
    return sum(weights) if weights and len(weights) == len(roads) else None


def _renamed(status: StatusView, instead: dict[str, str]) -> StatusView:
    """A status rests on what stands in the history, if need be for another source's telling."""
    because = list(dict.fromkeys(instead.get(one, one) for one in status.because))
    return replace(status, because=because)


def _milestones(road: Road, instead: dict[str, str]) -> list[Milestone]:
    return [
        replace(stone, event=instead.get(stone.event, stone.event)) for stone in road.milestones()
    ]


def leading_over(road: Road) -> bool:
    """Whether the road has ended: nothing holds it up any more."""
    return road.shipment.main in {"delivered", "returned", "expired"}


def _boxes(
    number: str, events: Sequence[Event], links: Sequence[Link]
) -> dict[int, tuple[list[str], list[Event]]]:
    """Box → (its numbers in the order of travel, its events)."""
    where = {link.number: link.box for link in links}
    boxes: dict[int, tuple[list[str], list[Event]]] = {}
    for link in sorted(links, key=lambda link: (link.box, link.position)):
        boxes.setdefault(link.box, ([], []))[0].append(link.number)
    if not boxes:
        boxes[1] = ([number], [])
    first = min(boxes)
    for event in events:
        boxes[where.get(event.body.number, first)][1].append(event)
    return boxes


def _parcels(
    boxes: dict[int, tuple[list[str], list[Event]]], statuses: dict[int, StatusView]
) -> list[Parcel]:
    return [
        Parcel(index=box, numbers=boxes[box][0], status=status)
        for box, status in sorted(statuses.items())
    ]


def _leading(roads: dict[int, Road]) -> int:
    """The box that speaks for the shipment: trouble first, then the one that is furthest behind."""

    def rank(box: int) -> tuple[bool, int, int]:
        status = roads[box].shipment.status
        return (not status.trouble, status.step, box)

    return min(roads, key=rank)


def _carrier(events: Sequence[Event], facts: Sequence[Facts], links: Sequence[Link]) -> str | None:
    """The carrier that has the shipment now: of the newest event on the road that names one."""
    moving = [e for e in events if is_status(e.code) and MAIN[e.code] not in EARLY]
    newest = _first(event.body.carrier for event in reversed(moving))
    newest = newest or _first(event.body.carrier for event in events)
    return newest or _first(f.carrier for f in facts) or _first(link.carrier for link in links)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _merged_facts(facts: Sequence[Facts]) -> Facts:
    """Field by field, the newest source that states it (facts come oldest first)."""
    merged: dict[str, object] = {"number": ""}
    for fact in facts:
        for name in fact.__struct_fields__:
            value = getattr(fact, name)
            if value not in (None, (), NOWHERE):
                merged[name] = value
    return Facts(**merged)  # type: ignore[arg-type]


def whole_of(events: Sequence[Event], facts: Sequence[Facts]) -> Whole:
    """One box with all that was said of it."""
    return Road(told_once(events)).whole(_merged_facts(facts))


def folded(events: Sequence[Event]) -> bytes:
    """The packed state of a set of events: what a shard must have come to as well."""
    return Road(told_once(events)).state
