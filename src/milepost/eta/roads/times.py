"""How long a stay, a move or a wait lasts: each shrunk to its class, its carrier, everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from milepost.eta.roads.lessons import Key, dwell_chain, edge_chain, wait_chain
from milepost.eta.roads.model import WEEK_H, hour_of_week
from milepost.eta.roads.network import Network
from milepost.eta.roads.sketch import PRIOR, TOTAL, Dist, blend, evidence

# How many cases what is known above weighs: everything, carrier, class, the thing, its hour.
_PRIORS = (1.0, 5.0, 8.0, 2.0)
_HOUR_PRIOR = 5.0


class Moment:
    """A network at an instant."""

    def __init__(self, network: Network, now_s: int) -> None:
        self.network = network
        self.now_s = now_s
        self.unit = network.unit(now_s)
        # What `flows.onward` has answered already.
        self.onward: dict[tuple[str, ...], dict[str, float]] = {}

    def pace(self, node: str, to: str, begun_s: int | None = None, offset_min: int = 0) -> Dist:
        """From the first scan at a facility to the first at the next; by the hour if given."""
        return self._dist(edge_chain("pace", node, to, self.network.nodes), begun_s, offset_min)

    def transit(self, node: str, to: str, begun_s: int | None = None, offset_min: int = 0) -> Dist:
        """From the departure at a facility to the first scan at the next."""
        return self._dist(edge_chain("transit", node, to, self.network.nodes), begun_s, offset_min)

    def dwell(self, node: str, begun_s: int | None = None, offset_min: int = 0) -> Dist:
        """From the first scan at a facility to the departure."""
        return self._dist(dwell_chain(node, "between", self.network.nodes), begun_s, offset_min)

    def held(self, node: str) -> Dist:
        """From the first scan at a facility to the first elsewhere, wherever it goes on to."""
        return self._dist((("pace/all",), ("held/node", node)), None, 0)

    def wait(self, node: str, code: int, begun_s: int, offset_min: int) -> Dist:
        """From a scan to the next one."""
        return self._dist(wait_chain(node, code, self.network.nodes), begun_s, offset_min)

    def evidence(self, *key: str) -> float:
        """How many cases are known of one thing."""
        return evidence(self.cells(key), self.unit)

    def cells(self, key: Key) -> Mapping[Any, int]:
        return self.network.of(key)

    def _dist(self, chain: Sequence[Key], begun_s: int | None, offset_min: int) -> Dist:
        dist = PRIOR
        for key, prior in zip(chain, _PRIORS, strict=False):
            dist = blend(self.cells(key), (TOTAL,), dist, self.unit, prior)
        if begun_s is None:
            return dist
        hour = hour_of_week(begun_s, offset_min)
        around = ((hour - 1) % WEEK_H, hour, (hour + 1) % WEEK_H)
        return blend(self.cells(chain[-1]), around, dist, self.unit, _HOUR_PRIOR)
