"""Room 6: what every rule says of a shipment, held against the alerts that are open. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from milepost.domain.alert import Finding, Policy, rises
from milepost.domain.shipment import Shipment
from milepost.rules import rules_for, timed_rules

Open = Mapping[str, Finding]  # by rule


class Verdict(NamedTuple):
    """What holds now, what opens, what clears, and when to look again without any event. One that
    has become graver is in both: its alert clears first, and another opens. `moved` are those that
    held at another time than was thought: something came late.
    """

    standing: dict[str, Finding]
    opened: list[Finding]
    cleared: list[str]
    moved: list[Finding]
    due_s: int | None


_NOTHING: Open = {}


def judge(shipment: Shipment, now_s: int, policy: Policy, known: Open = _NOTHING) -> Verdict:
    """Reconcile the rules' findings with the open alerts."""
    found = findings(shipment, now_s, policy)
    graver = {name for name, one in found.items() if name in known and rises(known[name], one)}
    opened = [one for name, one in found.items() if name not in known or name in graver]
    cleared = [name for name in known if name not in found or name in graver]
    stay = [known[name] for name in found if name in known and name not in graver]
    moved = [
        one._replace(since_s=found[one.rule].since_s)
        for one in stay
        if one.since_s != found[one.rule].since_s
    ]
    standing = {one.rule: one for one in (*stay, *moved, *opened)}
    return Verdict(standing, opened, cleared, moved, next_due(shipment, now_s, policy))


def findings(shipment: Shipment, now_s: int, policy: Policy) -> dict[str, Finding]:
    """All that the rules observe now, by rule. A function of state and time alone."""
    found = (rule.check(shipment, now_s, policy) for rule in rules_for(shipment.main))
    return {finding.rule: finding for finding in found if finding is not None}


def plain_due(shipment: Shipment, policy: Policy) -> int | None:
    """For a plain road: the second from which a rule speaks."""
    times = [
        due_s
        for rule in timed_rules(shipment.main)
        if (due_s := rule.due(shipment, policy)) is not None
    ]
    return min(times, default=None)


def next_due(shipment: Shipment, now_s: int, policy: Policy) -> int | None:
    """The first second after now at which time alone could make a rule speak."""
    times = [rule.due(shipment, policy) for rule in rules_for(shipment.main)]
    return min((due_s for due_s in times if due_s is not None and due_s > now_s), default=None)
