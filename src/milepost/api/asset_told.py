"""What devices say of an asset: facts, alarms, and what they took pictures of."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from milepost.api.asset_shapes import AlarmShown, FactShown, MediumShown
from milepost.domain.moment import to_text
from milepost.engine.telemetry import Alarm, Fact, FactReader, MediumKept

ALARMS = "alarms"
NEWEST = 20
_EVER_US = 2**62
_SHOWN = ("image/jpeg", "image/tiff", "audio/mpeg", "audio/wav", "video/x-ms-wmv")
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


async def told_of(
    facts: FactReader, tenant: int, asset: str
) -> tuple[dict[str, FactShown], list[AlarmShown]]:
    """The newest facts by name, and the newest alarms."""
    found = dict(await facts.facts(tenant, asset))
    shown = await alarms_of(facts, tenant, asset, (0, _EVER_US), NEWEST, found.pop(ALARMS, None))
    named = {name: FactShown(one.value, to_text(one.at_us, 0)) for name, one in found.items()}
    return dict(sorted(named.items())), shown


async def alarms_of(
    facts: FactReader, tenant: int, asset: str, span: tuple[int, int], limit: int, now: Fact | None
) -> list[AlarmShown]:
    """Alarms of a stretch. `now`: the newest report's, by which some are standing."""
    found = await facts.alarms(tenant, asset, *span, limit)
    return [_alarm(one, now) for one in found]


def _alarm(one: Alarm, now: Fact | None) -> AlarmShown:
    return AlarmShown(
        alarm=int(one.alarm) if one.alarm.isdecimal() else one.alarm,
        since=to_text(one.from_us, 0), until=to_text(one.until_us, 0),
        standing=now is not None and one.until_us >= now.at_us and one.alarm in now.value,
        lat=_degrees(one.lat_e7), lon=_degrees(one.lon_e7),
    )  # fmt: skip


def medium_shown(one: MediumKept) -> MediumShown:
    return MediumShown(
        id=one.id, at=to_text(one.at_us, 0), received_at=to_text(one.received_us, 0),
        number=one.number, content_type=one.content_type, event=one.event, camera=one.channel,
        bytes=one.bytes, complete=one.complete, lat=_degrees(one.lat_e7), lon=_degrees(one.lon_e7),
    )  # fmt: skip


def medium_answer(one: MediumKept, body: bytes) -> Response:
    """Its content, to be looked at and not to act."""
    kind = one.content_type if one.content_type in _SHOWN else "application/octet-stream"
    shown = "inline" if kind.startswith("image/") else "attachment"
    headers: dict[str, Any] = {"Content-Disposition": f'{shown}; filename="{one.id}"'}
    return Response(body, media_type=kind, headers=headers | _HEADERS)


def _degrees(units: int | None) -> float | None:
    return None if units is None else units / 1e7
