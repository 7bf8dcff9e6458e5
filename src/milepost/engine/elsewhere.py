"""Roads that another process owns, judged from what is on record instead of from memory."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from milepost.domain.alert import Finding, Policy
from milepost.domain.event import Event
from milepost.domain.scan import Facts
from milepost.engine.notices import Notices
from milepost.engine.policies import Policies
from milepost.engine.ports import Ledger
from milepost.engine.unfold import whole_of
from milepost.rules import all_rules


class Elsewhere:
    """By which policy such a road is judged, and what other judges have found of it."""

    def __init__(self, ledger: Ledger, policies: Policies) -> None:
        self._ledger = ledger
        self._policies = policies

    def policy(
        self,
        tenant: int,
        events: Sequence[Event],
        facts: Sequence[Facts],
        notices: Notices,
        now_s: int,
    ) -> Policy:
        """The one that the owner has learned from the same facts, scans and notices."""
        told = list(facts)
        if events and self._policies.asks_for_carrier(tenant):
            told += [_carrier(one) for one in events if one.body.carrier]
        policy = self._policies.of_facts(tenant, told)
        grace_s = notices.grace_s(tenant, whole_of(events, facts), now_s) if events else 0
        return msgspec.structs.replace(policy, grace_s=grace_s) if grace_s > 0 else policy

    async def findings(self, roads: Sequence[int]) -> list[Finding]:
        """What stands of judges that see more than the road's state."""
        own = all_rules()
        standing = await self._ledger.open_alerts(roads)
        return [finding for _, finding in standing if finding.rule not in own]


def _carrier(event: Event) -> Facts:
    return Facts(number=event.body.number, carrier=event.body.carrier)
