"""When a finding ended: with the first event after which it held no longer, in event time. Pure.

The last event is not it: what comes in one batch or late would else end it at another time than
what comes one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from milepost.domain.advance import advance
from milepost.domain.alert import Finding, Policy
from milepost.domain.marks import Mark, marks_of, references_of
from milepost.domain.shipment import Shipment
from milepost.rules import all_rules
from milepost.rules.since import seen_s

# A road with more events than this since is read no further.
MOST = 500


def ended_s(shipment: Shipment, ended: Finding, policy: Policy) -> int:
    """The second in which a finding that held of an earlier state ended. Where all that is known by
    now says that it never held, and where a policy or a notice ended it: when it began.
    """
    rule = all_rules().get(ended.rule)
    if rule is None:
        return seen_s(shipment)
    began_s = ended.since_s
    for at_s, state in _states(shipment, began_s):
        then = Shipment(state)
        if then.main not in rule.MAINS or rule.check(then, max(at_s, began_s + 1), policy) is None:
            return max(at_s, began_s)
    return seen_s(shipment)


def _states(shipment: Shipment, began_s: int) -> Iterator[tuple[int, bytes]]:
    """(second, what was known of the road then) when it began and after each later event."""
    marks, references = marks_of(shipment.state), references_of(shipment.state)
    before = [mark for mark in marks if mark.at_s <= began_s]
    yield began_s, _state(None, before, references)
    state = _state(None, before, references)
    for mark in marks[len(before) : len(before) + MOST]:
        state = _state(state, [mark], references)
        yield mark.at_s, state


def _state(state: bytes | None, marks: list[Mark], references: dict[int, int]) -> bytes:
    known = (mark.fingerprint for mark in marks if mark.fingerprint in references)
    return advance(state, marks, {one: references[one] for one in known})
