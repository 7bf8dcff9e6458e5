"""When a parcel comes, as Kuaidi100 writes it. Pure: only what the Track says, nothing guessed."""

from __future__ import annotations

from datetime import timedelta

from milepost.compat.kuaidi100 import area, clock
from milepost.domain.place import Place
from milepost.domain.track import EventView, Track, ahead_of

PASSED, HERE, AHEAD = "已经过节点", "当前停留节点", "预估途径节点"
_DONE = {"delivered", "returned"}


def times(track: Track, now_us: int) -> dict[str, str | None]:
    """`arrivalTime` (to the hour), `totalTime`, `remainTime`; None where nobody has said, nor
    anything was learned: the end of a mere guess is weeks away.
    """
    if track.arrival is None or track.arrival.guess:
        return {"arrivalTime": None, "totalTime": None, "remainTime": None}
    latest = clock.read(clock.wall(track.arrival.latest, track.destination))
    now = clock.beijing(now_us).replace(tzinfo=None)
    begun = _begun(track)
    left = timedelta() if track.status.main in _DONE else latest - now
    return {
        "arrivalTime": f"{latest:%Y-%m-%d %H}",
        "totalTime": clock.span(latest - clock.read(begun)) if begun else None,
        "remainTime": clock.span(left),
    }


def _begun(track: Track) -> str | None:
    """When the carrier took it, in the wall clock of Kuaidi100."""
    for stone in track.milestones:
        if stone.main not in {"unknown", "pending", "info_received"}:
            return clock.wall(stone.at)
    return None


def predicted(track: Track) -> list[dict[str, str]]:
    """The nodes passed, the one it is at, and those that probably come or were announced."""
    stops = _stops([event for event in track.events if event.retracted_by is None])
    nodes = [_node(place, first, last, PASSED) for place, first, last in stops]
    done = track.status.main in _DONE
    if nodes and not done:
        nodes[-1] |= {"state": HERE, "leaveTime": ""}
    seen = {node["name"] for node in nodes}
    for place, arrives in [] if done else _ahead(track):
        if area.spot(place) not in seen:
            seen.add(area.spot(place))
            nodes.append(_node(place, arrives, "", AHEAD))
    return nodes


def _ahead(track: Track) -> list[tuple[Place, str]]:
    """Places with the time at which they are probably reached, where that is known."""
    foreseen = [(one.place, clock.wall(one.p50, one.place)) for one in ahead_of(track)]
    last = track.events[-1].next_place if track.events and not foreseen else None
    said = [(place, "") for place in (last, track.destination) if place is not None]
    return [(place, at) for place, at in foreseen + said if area.name(place)]


def _stops(events: list[EventView]) -> list[tuple[Place, str, str]]:
    """Place after place with the first and the last time it was seen there."""
    found: list[tuple[Place, str, str]] = []
    for event in events:
        if event.place is None or not area.name(event.place):
            continue
        at = clock.wall(event.occurred_at, event.place)
        if found and area.name(found[-1][0]) == area.name(event.place):
            found[-1] = (found[-1][0], found[-1][1], at)
        else:
            found.append((event.place, at, at))
    return found


def _node(place: Place, arrive: str, leave: str, state: str) -> dict[str, str]:
    return {
        "arriveTime": arrive,
        "leaveTime": leave,
        "province": area.province_of(place) or place.region or "",
        "city": place.city or "",
        "district": "",
        "name": area.spot(place),
        "state": state,
        "type": "转运中心" if "中心" in area.spot(place) else "网点",
    }
