"""How long a silence may last before it is called dwelling, where the tenant's own past tells."""

from __future__ import annotations

import asyncio

from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.whole import Whole
from milepost.engine.foresight import Foresight
from milepost.rules.care import all_care
from milepost.rules.since import seen_s
from milepost.runners.inline import Inline

_ON_THE_WAY = frozenset({"picked_up", "in_transit", "returning"})
# Until the past has been read again after a start, nobody knows what is usual.
PATIENCE_S = 600
LONGEST_S = 30 * 86_400


class UsualWaits:
    """See `engine.notices.Usual`. It gives way to whatever somebody has set."""

    def __init__(self, engine: Inline, foresight: Foresight, ready: asyncio.Event) -> None:
        self._engine, self._foresight, self._ready = engine, foresight, ready

    def __contains__(self, tenant: int) -> bool:
        return not self._ready.is_set() or self._foresight.has_taught(tenant)

    def __call__(self, tenant: int, whole: Whole, now_s: int) -> int:
        """By how many seconds the present silence may be longer than the default limit."""
        if whole.shipment.main not in _ON_THE_WAY or self._stands(whole):
            return 0
        policy = self._engine.policies.of_facts(tenant, [whole.facts])
        if not _is_open(policy):
            return 0
        if not self._ready.is_set():
            return max(0, now_s - seen_s(whole.shipment) + PATIENCE_S - policy.dwell_s)
        usual_s = self._foresight.longest_wait_s(tenant, whole)
        return max(0, min(usual_s or 0, LONGEST_S) - policy.dwell_s)

    def _stands(self, whole: Whole) -> bool:
        """An alert does not clear because of what others do."""
        shard = self._engine.shard
        return any(
            "dwell" in shard.open.get(shard.road_of(event.parcel), ()) for event in whole.events[:1]
        )


def _is_open(policy: Policy) -> bool:
    """Whether nobody has set a limit. That of cross-border roads is as general as the default."""
    abroad = all_care()["cross_border"].policy.get("dwell_s")
    is_default = policy.dwell_s in (DEFAULT_POLICY.dwell_s, abroad)
    return is_default and policy.in_transit_dwell_s is None
