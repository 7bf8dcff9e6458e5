"""What deserves a second look: scans and facts that bring what a rule over the whole road looks at.
Pure.
"""

from __future__ import annotations

from milepost.domain.event import Event
from milepost.domain.marks import PROMISE, header_of
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import BY_CODE
from milepost.domain.whole import position_of
from milepost.rules.whole.clock_skew import skew_s

# Less is what clocks differ by, and below every limit.
AHEAD_S = 60
DELIVERED = frozenset(code for code, one in BY_CODE.items() if one.main == "delivered")
CUSTOMS = frozenset(code for code, one in BY_CODE.items() if one.main == "customs")


def striking(event: Event) -> bool:
    """Whether a scan brings something that a rule over the whole road looks at. On the hot path."""
    if event.code in DELIVERED:
        place = event.body.place
        if isinstance(place, Place) and place.latitude is not None:
            return True
    if event.reference is not None and event.code != PROMISE:
        return True  # what is taken back may bring back what was before
    return event.at_us > event.received_us and skew_s(event) >= AHEAD_S


def delivered_since(state: bytes, at_s: int) -> bool:
    """Whether a packed state says that it was delivered, at that second or later."""
    return state[1] in DELIVERED and header_of(state).since_s >= at_s


def placed(facts: Facts) -> bool:
    """Whether facts say where exactly a shipment goes: it may have been signed off elsewhere."""
    return position_of(facts.destination) is not None
