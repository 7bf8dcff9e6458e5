"""A made-up carrier with hubs, depots and outlets, for measuring: made by rule, without chance."""

from __future__ import annotations

from milepost.eta.roads.model import DAY_S, Node, Passage, Seen, Stay

HUBS, DEPOTS, OUTLETS = 6, 30, 10
BEGIN_S = 1_790_000_000
_CARRIER = "bench"
_HOUR_S = 3600
_PICKED_UP, _DEPARTED, _ARRIVED, _OUT, _DELIVERED = 7, 10, 11, 25, 31


def hub(number: int) -> Node:
    """One of the middle hubs; every one of them lies between all depots."""
    return _node(f"hub {number}", 50.0, 2.0 + number)


def _depot(number: int) -> Node:
    return _node(f"depot {number}", 44.0 + number % 6 * 2, -1.0 + number // 6 * 2)


def _outlet(depot: int, number: int) -> Node:
    return _node(f"outlet {depot} {number}", 44.1 + depot % 6 * 2, -0.9 + depot // 6 * 2)


def _node(name: str, lat: float, lng: float) -> Node:
    return Node(key=f"{_CARRIER}:{name}@", carrier=_CARRIER, name=name, country="FR",
                position=(lat, lng))  # fmt: skip


def passage(number: int, begun_s: int, stays: int | None = None) -> Passage:
    """Road `number`; only its first stays where it is still open."""
    origin, goal = number % DEPOTS, (number * 7 + number // DEPOTS + 1) % DEPOTS
    way = [
        _outlet(origin, number % OUTLETS), _depot(origin), hub(_hub_of(origin, goal, number)),
        _depot(goal), _outlet(goal, number // 13 % OUTLETS),
    ]  # fmt: skip
    told = way[:stays]
    times = [begun_s + at * _pace_h(number) * _HOUR_S for at in range(len(way) + 1)]
    scans: list[Seen] = []
    found: list[Stay] = []
    for at, node in enumerate(told):
        open_end = stays is not None and at == len(told) - 1
        left_s = times[at] if open_end else times[at] + (2 + number % 3) * _HOUR_S
        found.append(Stay(node.key, times[at], left_s, 60, not open_end))
        code = _PICKED_UP if at == 0 else _ARRIVED
        scans.append(Seen(node.key, code, times[at], 60))
        if not open_end:
            leaving = _OUT if at == len(way) - 1 else _DEPARTED
            scans.append(Seen(node.key, leaving, left_s, 60))
    return Passage(
        nodes={node.key: node for node in told},
        goals=("", "FR", f"FR//{goal}", f"FR#{goal}.{number // 13 % OUTLETS}"),
        origins=("", "FR", f"FR//{origin}"),
        stays=tuple(found), scans=tuple(scans),
        done_s=times[-1] if stays is None else None, done_code=_DELIVERED,
        goal_at=_depot(goal).position,
    )  # fmt: skip


def _hub_of(origin: int, goal: int, number: int) -> int:
    """The usual one of a pair of depots; one road in four takes another."""
    usual = (origin + goal) % HUBS
    return (usual + 1 + number % (HUBS - 1)) % HUBS if number % 4 == 0 else usual


def history(count: int) -> list[Passage]:
    """Delivered roads of the month before."""
    return [passage(number, BEGIN_S - 30 * DAY_S + number * 60) for number in range(count)]


def on_the_road(count: int) -> list[Passage]:
    """Roads that came to their outlet or depot of origin, or to a hub, an hour before `BEGIN_S`."""
    return [_standing(number, number % 3) for number in range(count)]


def _standing(number: int, moves: int) -> Passage:
    behind_s = (1 + moves * _pace_h(number)) * _HOUR_S
    return passage(number, BEGIN_S - behind_s, moves + 1)


def _pace_h(number: int) -> int:
    return 9 + number % 5
