"""The events that an alert rests on: what a person looks at to see whether it is right. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.domain.alert import Finding
from milepost.domain.marks import PROMISE, Mark
from milepost.domain.scan import id_number
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE
from milepost.rules.since import announces
from milepost.sensing.watch import RULES as MEASURED

# The newest; whoever wants all of them has the road.
MOST = 20


class _Ground(Struct, frozen=True, forbid_unknown_fields=True):
    mains: frozenset[str] = frozenset()
    subs: frozenset[str] = frozenset()

    def has(self, code: int) -> bool:
        return MAIN[code] in self.mains or BY_CODE[code].sub in self.subs


_GROUNDS: Mapping[str, _Ground] = msgspec.toml.decode(
    (files(__package__) / "grounds.toml").read_bytes(), type=dict[str, _Ground]
)


def grounds(finding: Finding, shipment: Shipment) -> tuple[int, ...]:
    """Fingerprints of standing events, oldest first; none where it rests on sensors or on what was
    told elsewhere.
    """
    named = finding.detail.get("event")
    if isinstance(named, str):
        return (id_number(named),)
    if finding.rule in MEASURED:
        return ()
    marks = [mark for mark in shipment.marks if mark.code < PROMISE]
    ground = _GROUNDS.get(finding.rule)
    found = [mark for mark in marks if ground.has(mark.code)] if ground else _last(marks, finding)
    return tuple(mark.fingerprint for mark in found[-MOST:])


def _last(marks: list[Mark], finding: Finding) -> list[Mark]:
    seen = [mark for mark in marks if not announces(mark.code)] or marks
    return [mark for mark in seen if mark.at_s <= finding.since_s][-1:] or seen[-1:]
