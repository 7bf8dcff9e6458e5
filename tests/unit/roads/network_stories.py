"""Synthetic roads of a made-up carrier, for the tests of the network."""

from __future__ import annotations

from milepost.eta.roads.model import Node, Passage, Seen, Stay

HOUR = 3600
NOW_S = 1_790_000_000
PICKED_UP, DEPARTED, ARRIVED, OUT, DELIVERED = 7, 10, 11, 25, 31
_AT = {"A": (50.0, 8.0), "B": (51.0, 10.0), "C": (50.5, 10.0), "D": (51.0, 12.0),
       "E": (60.0, 25.0), "F": (51.5, 14.0)}  # fmt: skip


def node(name: str) -> Node:
    return Node(key=name, carrier="made-up", name=f"Hub {name}", city=f"City {name}",
                country="DE", position=_AT.get(name))  # fmt: skip


def road(
    way: str,
    begun_s: int = NOW_S - 20 * 86_400,
    *,
    goal: str = "D",
    dwell_h: float = 4,
    transit_h: float = 8,
    done: bool = True,
    left: bool = False,
    origin: str = "A",
) -> Passage:
    """Along facilities of one letter each; while it is open it stands at the last (or has left)."""
    stays: list[Stay] = []
    scans: list[Seen] = []
    at = begun_s
    for index, name in enumerate(way):
        goes = done or left or index < len(way) - 1
        out_s = at + int(dwell_h * HOUR) if goes else at
        stays.append(Stay(name, at, out_s, 60, goes))
        scans.append(Seen(name, PICKED_UP if index == 0 else ARRIVED, at, 60))
        if goes:
            scans.append(Seen(name, OUT if done and index == len(way) - 1 else DEPARTED, out_s, 60))
        at = out_s + int(transit_h * HOUR)
    return Passage(
        nodes={name: node(name) for name in way},
        goals=("", "DE", f"DE//city {goal.lower()}"),
        origins=("", "DE", f"DE//city {origin.lower()}"),
        stays=tuple(stays), scans=tuple(scans), done_s=at if done else None,
        done_code=DELIVERED if done else 0, goal_at=_AT.get(goal),
    )  # fmt: skip


def history(count: int = 80, way: str = "ABD", **given: object) -> list[Passage]:
    """The same way again and again, an hour apart, some of them slower."""
    return [
        road(way, NOW_S - 20 * 86_400 + at * HOUR, transit_h=7 + at % 3, **given)  # type: ignore[arg-type]
        for at in range(count)
    ]
