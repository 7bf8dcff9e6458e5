"""The words in which a carrier tells an event, in its own language."""

from __future__ import annotations

import zlib

from milepost.demo.chance import Chance
from milepost.demo.lane import Leg
from milepost.demo.tables import table
from milepost.demo.travel import Event
from milepost.demo.world import Stop


def words(event: Event, leg: Leg, chance: Chance) -> str:
    """The scan text. Each carrier keeps to its own form of words."""
    carrier = leg.carrier
    forms = table(f"texts/{carrier.language}")[event.kind]
    form = forms[zlib.crc32(carrier.slug.encode()) % len(forms)]
    return str(form.format_map(_details(event, carrier.language, chance)))


def _details(event: Event, language: str, chance: Chance) -> dict[str, str]:
    people = table("people")[language]
    day = event.stop.city.local(event.at)
    return {
        "here": _label(event.stop),
        "city": event.stop.place.city or "",
        "next": _label(event.next_stop) if event.next_stop else "",
        "courier": chance.choice(people["couriers"]),
        "name": chance.choice(people["names"]),
        "phone": chance.choice(people["phones"]),
        "code": _pickup_code(chance),
        "date": f"{day:%Y-%m-%d} 14:00-18:00",
    }


def _pickup_code(chance: Chance) -> str:
    return f"{chance.randrange(1, 30)}-{chance.randrange(1, 9)}-{chance.randrange(1000, 9999)}"


def _label(stop: Stop) -> str:
    return stop.place.facility or stop.place.city or ""
