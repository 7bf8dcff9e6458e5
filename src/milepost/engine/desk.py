"""Open alerts of judges that see more than the packed state: whole roads, sensors, predictions.

Such a judge says what it finds of a road now; the desk opens what is new, clears what no longer
holds, and tells subscribers, in the same transaction as everything else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

from milepost.domain.alert import Finding, rises
from milepost.domain.shipment import Shipment
from milepost.engine.announce import Audience, announcements
from milepost.engine.commit import Committer
from milepost.engine.grounds import grounds
from milepost.engine.rows import AlertChange
from milepost.engine.shard import Dirty, Shard


class Desk:
    """The alerts of all such judges, by road and rule."""

    def __init__(
        self, shard: Shard, committer: Committer, audience: Audience, now_us: Callable[[], int]
    ) -> None:
        self.standing: dict[int, dict[str, Finding]] = {}
        self._shard = shard
        self._committer = committer
        self._audience = audience
        self._now_us = now_us

    def load(self, road: int, finding: Finding) -> None:
        """An alert that was open when we stopped."""
        self.standing.setdefault(road, {})[finding.rule] = finding
        self._count(road)

    def replace(
        self,
        rules: Collection[str],
        roads: Collection[int] | None,
        found: Iterable[tuple[int, Finding]],
    ) -> None:
        """Take over what other processes have written of these rules, of some roads or all."""
        for road in list(self.standing if roads is None else roads):
            known = self.standing.pop(road, {})
            kept = {rule: one for rule, one in known.items() if rule not in rules}
            if kept:
                self.standing[road] = kept
            self._count(road)
        for road, finding in found:
            self.load(road, finding)

    def give_up(self, road: int) -> list[str]:
        """A road is part of another now, which is judged as a whole; the rules that stood of it."""
        known = list(self.standing.pop(road, ()))
        self._count(road)
        return known

    def of(self, road: int) -> list[Finding]:
        """The findings that stand for a road."""
        return list(self.standing.get(road, {}).values())

    def by_event(self, road: int, seen_s: int) -> dict[str, int]:
        """Rule → the second in which it ended, if the last scan that had the parcel ended it. Who
        registers it later has ended nothing.
        """
        known = self.standing.get(road, {})
        return {rule: seen_s for rule, one in known.items() if seen_s > one.since_s}

    def settle(
        self,
        tenant: int,
        road: int,
        number: str,
        rules: Collection[str],
        found: Mapping[str, Finding],
        ended: Mapping[str, int] | None = None,
    ) -> Awaitable[int] | None:
        """What the judge of these rules finds now. Done, once it is awaited, when it is durable;
        None if nothing has changed. `ended`: rule → second of event time, where that is known.
        """
        known = self.standing.get(road, {})
        graver = {rule for rule, one in found.items() if rule in known and rises(known[rule], one)}
        gone = [rule for rule in known if rule in rules and (rule not in found or rule in graver)]
        new = [one for rule, one in found.items() if rule not in known or rule in graver]
        moved = [one for one in found.values() if one not in new and _moved(one, known[one.rule])]
        if not gone and not new and all(known.get(rule) == one for rule, one in found.items()):
            return None
        self.standing[road] = {
            **{rule: one for rule, one in known.items() if rule not in rules}, **found
        }  # fmt: skip
        if not self.standing[road]:
            del self.standing[road]
        self._count(road)
        now_s = self._now_us() // 1_000_000
        cleared = {rule: (ended or {}).get(rule, now_s) for rule in gone}
        self._committer.filling.moved += [
            AlertChange(tenant, road, number, one.rule, one, None) for one in moved
        ]
        return self._write(tenant, road, number, cleared, new)

    def _write(
        self, tenant: int, road: int, number: str, gone: Mapping[str, int], new: list[Finding]
    ) -> Awaitable[int]:
        now_us = self._now_us()
        group = self._committer.filling
        changes = [
            *(AlertChange(tenant, road, number, rule, None, at_s) for rule, at_s in gone.items()),
            *(
                AlertChange(tenant, road, number, one.rule, one, None, self._grounds(road, one))
                for one in new
            ),
        ]
        group.alerts += changes
        group.touched.append(road)
        if self._audience:
            group.outbox += announcements(self._audience, (), changes, now_us)
        if changes:  # the shipment's line counts its alerts
            what = Dirty(tenant, number, None, None, now_us)
            self._shard.dirty.setdefault(road, self._shard.being_written.get(road, what))
        return self._committer.ticket()

    def _grounds(self, road: int, finding: Finding) -> tuple[int, ...]:
        state = self._shard.states.get(road)  # none of a road that rests
        return grounds(finding, Shipment(state)) if state is not None else ()

    def _count(self, road: int) -> None:
        count = len(self.standing.get(road, ()))
        if count:
            self._shard.more_alerts[road] = count
        else:
            self._shard.more_alerts.pop(road, None)


def _moved(now: Finding, before: Finding) -> bool:
    """Whether it has held at another time than was thought: something came late."""
    return now.since_s != before.since_s
