"""The alerts that stand on a road, as a reader sees them, with the events they rest on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from milepost.domain.alert import Finding, Policy
from milepost.domain.moment import to_text
from milepost.domain.scan import id_text
from milepost.domain.shipment import Shipment
from milepost.domain.track import AlertView
from milepost.engine.grounds import grounds
from milepost.engine.judge import findings

_ORDER = {"critical": 0, "warning": 1, "info": 2}
# Instants of a finding's detail, and how they are told; spans keep the unit that ends their name.
_INSTANTS = {
    "last_s": "last_at", "entered_s": "entered_at", "promised_s": "promised_at",
    "likely_s": "likely_at", "from_us": "since", "peak_at_us": "peak_at", "last_at_us": "heard_at",
}  # fmt: skip
Detail = dict[str, str | int | float | None]


def told_detail(detail: Mapping[str, str | int | float | None]) -> Detail:
    """A finding's detail as readers get it: its instants as text, in UTC."""
    return dict(_told(name, value) for name, value in detail.items())


def _told(name: str, value: str | float | None) -> tuple[str, str | int | float | None]:
    if name not in _INSTANTS or not isinstance(value, int):
        return _INSTANTS.get(name, name), value
    return _INSTANTS[name], to_text(value * (1 if name.endswith("_us") else 1_000_000), 0)


def standing(
    boxes: Sequence[Shipment],
    now_s: int,
    policy: Policy,
    others: Iterable[Finding],
    instead: Mapping[str, str],
) -> list[AlertView]:
    """The gravest first; of several boxes, the one that each has held for longest. `others`: of
    judges that see more than a packed state. `instead`: event → the one that stands in the history
    for it.
    """
    found: dict[str, tuple[Finding, Sequence[Shipment]]] = {}
    for one in sorted(others, key=lambda one: -one.since_s):
        found[one.rule] = one, boxes
    for box in boxes:
        for name, one in findings(box, now_s, policy).items():
            if name not in found or one.since_s < found[name][0].since_s:
                found[name] = one, [box]
    ranked = sorted(
        found.values(), key=lambda one: (_ORDER[one[0].severity], one[0].since_s, one[0].rule)
    )
    return [_view(one, whose, instead) for one, whose in ranked]


def _view(one: Finding, boxes: Sequence[Shipment], instead: Mapping[str, str]) -> AlertView:
    ids = [id_text(mark) for box in boxes for mark in grounds(one, box)]
    return AlertView(
        rule=one.rule,
        severity=one.severity,
        opened_at=to_text(one.since_s * 1_000_000, 0),
        detail=told_detail(one.detail),
        because=list(dict.fromkeys(instead.get(each, each) for each in ids)),
    )
