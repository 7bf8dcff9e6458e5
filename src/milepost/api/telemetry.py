"""What was measured while a shipment was with trucks, bags and sensors; where it is; its limits."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from milepost.api.telemetry_shapes import (
    CurveAnswer,
    CurveQuery,
    ExcursionView,
    LimitsAnswer,
    LimitsGiven,
    Point,
    PositionAnswer,
    Silence,
    Stretch,
    VisitOf,
    VisitsAnswer,
)
from milepost.domain.care import Limits
from milepost.domain.moment import to_text
from milepost.domain.scan import id_number
from milepost.domain.telemetry import kind_of
from milepost.engine.resolve import BadScanError, checked_number
from milepost.engine.sensor_queries import Read, SensorQueries
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

# kind → (field, unit as shown, units of ours in one of those)
KINDS = {
    "temperature": ("temperature_mc", "°C", 1000),
    "humidity": ("humidity_pm", "%", 10),
    "shock": ("shock_mg", "g", 1000),
    "tilt": ("tilt_deg", "°", 1),
    "light": ("light_lux", "lx", 1),
    "battery": ("battery_mv", "V", 1000),
    "speed": ("speed_mm_s", "m/s", 1000),
    "altitude": ("altitude_m", "m", 1),
}


def endpoints(queries: SensorQueries) -> list[Endpoint]:
    def endpoint(handler: Any, path: str, summary: str, **given: Any) -> Endpoint:
        given = {"method": "GET", "answers": (404, 422), "tag": "telemetry", **given}
        return Endpoint(handler=partial(handler, queries), path=path, summary=summary, **given)

    limits = "/v1/track/{number}/limits"
    return [
        endpoint(
            of_shipment, "/v1/shipments/{id}/telemetry", "A curve of a shipment",
            query=CurveQuery, answer=CurveAnswer,
        ),
        endpoint(
            of_number, "/v1/track/{number}/telemetry", "A curve of a number",
            query=CurveQuery, answer=CurveAnswer,
        ),
        endpoint(
            position, "/v1/track/{number}/position", "Where a number is now",
            answer=PositionAnswer,
        ),
        endpoint(
            visits, "/v1/track/{number}/visits", "At which places a number was",
            answer=VisitsAnswer, answers=(422,),
        ),
        endpoint(
            show_limits, limits, "What sensors may measure with it", answer=LimitsAnswer,
            answers=(422,),
        ),
        endpoint(
            put_limits, limits, "Set limits of one shipment beside its category's", method="PUT",
            scope="write", body=LimitsGiven, answer=LimitsAnswer, answers=(422,),
        ),
    ]  # fmt: skip


async def of_shipment(queries: SensorQueries, call: Call) -> CurveAnswer:
    try:
        road = id_number(call.path("id"))
    except ValueError:
        raise ProblemError(422, "A shipment id has 16 hexadecimal digits.") from None
    number = await queries.number_of(call.caller.tenant, road)
    if number is None:
        raise ProblemError(404, "There is no such shipment.")
    return await _curve(queries, call, number)


async def of_number(queries: SensorQueries, call: Call) -> CurveAnswer:
    return await _curve(queries, call, _number(call))


async def position(queries: SensorQueries, call: Call) -> PositionAnswer:
    number = _number(call)
    found = await queries.position(call.caller.tenant, number)
    if found is None:
        raise ProblemError(404, f"No position of '{number}' is known.")
    carried, sample, place = found
    return PositionAnswer(
        number=number,
        at=to_text(sample.at_us, 0),
        lat=(sample.lat_e7 or 0) / 1e7,
        lon=(sample.lon_e7 or 0) / 1e7,
        asset=carried.asset,
        confidence=carried.confidence_pm / 1000,
        speed_m_s=None if sample.speed_mm_s is None else sample.speed_mm_s / 1000,
        course_deg=sample.course_deg,
        at_place=place,
    )


async def visits(queries: SensorQueries, call: Call) -> VisitsAnswer:
    number = _number(call)
    found = await queries.visits_of(call.caller.tenant, number)
    shown = [
        VisitOf(
            place=visit.fence, arrived=to_text(visit.arrived_us, 0),
            departed=_when(visit.departed_us), dwell_s=visit.dwell_s, asset=carried.asset,
            confidence=carried.confidence_pm / 1000,
        )
        for carried, visit in found
    ]  # fmt: skip
    return VisitsAnswer(number, shown)


async def show_limits(queries: SensorQueries, call: Call) -> LimitsAnswer:
    number = _number(call)
    return LimitsAnswer(number=number, limits=await queries.limits(call.caller.tenant, number))


async def put_limits(queries: SensorQueries, call: Call) -> LimitsAnswer:
    wanted = Limits(**msgspec.structs.asdict(call.body))
    number = _number(call)
    small = all(abs(value) < 1 << 31 for value in msgspec.to_builtins(wanted).values())
    if not small or wanted.excursion_s < 0 or wanted.hysteresis_mc < 0 or wanted.hysteresis_pm < 0:
        raise ProblemError(422, "A limit is out of range.")
    await queries.set_limits(call.caller.tenant, number, wanted)
    return await show_limits(queries, call)


async def _curve(queries: SensorQueries, call: Call, number: str) -> CurveAnswer:
    wanted: CurveQuery = call.query
    span = queries.span(wanted.from_, wanted.until)
    if span is None:
        raise ProblemError(422, "Query: from and until are times with an offset (RFC 3339).")
    tenant = call.caller.tenant
    if wanted.kind == "position":
        return _track(number, await queries.track(tenant, number, wanted.points, span))
    field, unit, scale = KINDS[wanted.kind]
    found = await queries.read(tenant, number, field, wanted.points, span)
    return CurveAnswer(
        number=number,
        kind=wanted.kind,
        unit=unit,
        points=[
            Point(at=to_text(at, 0), value=value / scale)
            for at, value in zip(found.times, found.values, strict=True)
        ],
        excursions=[
            ExcursionView(
                side=one.side, since=to_text(one.from_us, 0), until=_when(one.until_us),
                lasted_s=one.lasted_us // 1_000_000, peak=one.peak / scale,
                gaps=[_silence(*gap) for gap in one.gaps],
            )
            for one in found.excursions
        ],
        lowest=None if found.lowest is None else found.lowest / scale,
        highest=None if found.highest is None else found.highest / scale,
        mean_kinetic=None if found.mean_kinetic_mc is None else found.mean_kinetic_mc / 1000,
        **_common(found),
    )  # fmt: skip


def _track(number: str, found: Read) -> CurveAnswer:
    points = [
        Point(at=to_text(at, 0), lat=lat / 1e7, lon=lon / 1e7)
        for at, lat, lon in zip(found.times, found.values, found.seconds, strict=True)
    ]
    return CurveAnswer(
        number=number, kind="position", unit="°", points=points, excursions=[], **_common(found)
    )


def _common(found: Read) -> dict[str, Any]:
    return {
        "samples": found.samples,
        "gaps": [_silence(*gap) for gap in found.gaps],
        "assets": [
            Stretch(
                asset=one.asset, kind=kind_of(one.asset), since=_when(one.from_us),
                until=_when(one.until_us), confidence=one.confidence_pm / 1000,
                through=list(one.through),
            )
            for one in found.stretches
        ],
    }  # fmt: skip


def _when(at_us: int | None) -> str | None:
    open_end = at_us is None or not 0 < at_us < 1 << 60
    return None if at_us is None or open_end else to_text(at_us, 0)


def _silence(from_us: int, until_us: int) -> Silence:
    return Silence(to_text(from_us, 0), to_text(until_us, 0))


def _number(call: Call) -> str:
    try:
        return checked_number(call.path("number"))
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None
