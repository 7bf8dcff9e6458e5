"""Kdniao: query answers (1002, 7101, 8001, 8002, 8003) and pushes (101, 102), JSON or form.

`Action` is what an event says. The top-level `StateEx` speaks of the newest event only, and the
top-level `State` keeps 4 (problem) long after the problem is over, so 4 is never used.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, read_json_or_form, step_into
from milepost.carriers.toolkit.promises import latest, promise
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.times import in_zone, need_when, read_when
from milepost.carriers.toolkit.tree import dig, object_of, rows_of, text_of
from milepost.carriers.toolkit.units import country_code, read_point
from milepost.domain.place import Place
from milepost.domain.scan import Facts, ParseContext, Parsed, Scan

SLUG = "kdniao"
CARRIERS = load_table(__package__, "carriers.toml", "carriers")
_FORMATS = ("%a %b %d %H:%M:%S CST %Y",)
_ITEM_KEYS = {"LogisticCode", "Traces", "Success"}


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads one answer, or a push with several waybills."""
    try:
        body, _ = read_json_or_form(payload, "RequestData", context.content_type)
        body = step_into(body, "RequestData")
    except PayloadError as error:
        return unreadable(payload, str(error))
    collector = Collector()
    if isinstance(body, dict) and isinstance(body.get("Data"), list):
        for index, item in enumerate(body["Data"]):
            _read_item(collector, item, f"Data[{index}].", text_of(body, "PushTime"), context)
    else:
        _read_item(collector, body, "", None, context)
    return collector.parsed()


def _read_item(
    collector: Collector, item: Any, where: str, pushed_at: str | None, context: ParseContext
) -> None:
    if not isinstance(item, dict) or not _ITEM_KEYS & item.keys():
        collector.miss(where or "payload", "no Kdniao answer", item)
        return
    _Waybill(collector, item, context).read(where, pushed_at)


class _Waybill:
    """One waybill of an answer or push."""

    def __init__(self, collector: Collector, item: dict[str, Any], context: ParseContext) -> None:
        self.collector = collector
        self.item = item
        self.context = context
        self.number = text_of(item, "LogisticCode") or context.number
        self.carrier = CARRIERS.get((text_of(item, "ShipperCode") or "").upper())
        self.order_number = text_of(item, "OrderCode")
        self.points = dict(_point(row) for row in rows_of(item, "Coordinates"))

    def read(self, where: str, pushed_at: str | None) -> None:
        traces = self.collector.rows(self.item, where, "Traces")
        if not _succeeded(self.item) or not traces:
            self.collector.error(text_of(self.item, "Reason"))
        inner = Collector()
        inner.each(traces, f"{where}Traces", self._scan)
        scans = inner.scans if inner.unread else self._with_state(inner.scans)
        self.collector.scans += scans
        self.collector.unread += inner.unread
        if self.number:
            self._promise(self.number, scans, pushed_at)
            self._facts(self.number)

    def _scan(self, row: Any) -> Scan:
        if not self.number:
            raise ScanError("no LogisticCode")
        when = need_when(dig(row, "AcceptTime"), formats=_FORMATS)
        when = in_zone(when, dig(row, "Timezone"))
        return Scan(
            number=self.number,
            occurred_at=when.at,
            date_only=when.date_only,
            carrier=self.carrier,
            code=text_of(row, "Action"),
            code_set=SLUG,
            text=text_of(row, "AcceptStation", "Remark"),
            place=self._place(text_of(row, "Location")),
            order_number=self.order_number,
        )

    def _place(self, name: str | None) -> Place | None:
        if name is None:
            return None
        latitude, longitude = self.points.get(name) or (None, None)
        # abroad a location is written CITY,STATE,COUNTRY
        city, region, country = (*name.split(","), "", "", "")[:3]
        known = country_code(country)
        return Place(
            name=name,
            city=(city if known else None) or None,
            region=(region if known else None) or None,
            country=known,
            latitude=latitude,
            longitude=longitude,
        )

    def _with_state(self, scans: list[Scan]) -> list[Scan]:
        """The newest event takes the waybill's state if it has no code of its own."""
        state = _state(self.item)
        if not scans or state is None:
            return scans
        newest = 0 if _key(scans[0]) > _key(scans[-1]) else len(scans) - 1
        if scans[newest].code is None:
            scans[newest] = replace(scans[newest], code=state)
        return scans

    def _promise(self, number: str, scans: list[Scan], pushed_at: str | None) -> None:
        made = read_when(text_of(self.item, "UpdateTime") or pushed_at)
        made_at = (
            made.at
            if made
            else latest((scan.occurred_at for scan in scans), self.context.received_at)
        )
        end = read_when(text_of(self.item, "EstimatedDeliveryTime"))
        if scan := promise(number, made_at, end, carrier=self.carrier):
            self.collector.scans.append(scan)

    def _facts(self, number: str) -> None:
        facts = Facts(
            number=number,
            carrier=self.carrier,
            order_number=self.order_number,
            origin=_end(self.item, "SenderCityLatAndLng", "SenderInfo"),
            destination=_end(self.item, "ReceiverCityLatAndLng", "ReceiverInfo"),
        )
        if facts != Facts(number=number, carrier=self.carrier):
            self.collector.facts.append(facts)


def _succeeded(item: dict[str, Any]) -> bool:
    return str(item.get("Success")).lower() == "true"


def _state(item: dict[str, Any]) -> str | None:
    """The finer state, else the plain one unless it may be the sticky 4; 0 says nothing."""
    fine, plain = text_of(item, "StateEx"), text_of(item, "State")
    if fine and fine != "0":
        return fine
    return plain if plain not in {"0", "4"} and fine is None else None


def _key(scan: Scan) -> str:
    return scan.occurred_at.replace(tzinfo=None).isoformat()


def _point(row: Any) -> tuple[str | None, tuple[float, float] | None]:
    return text_of(row, "Location"), _lat_lng(text_of(row, "LatAndLng"))


def _lat_lng(text: str | None) -> tuple[float, float] | None:
    latitude, _, longitude = (text or "").partition(",")
    return read_point(latitude, longitude)


def _end(item: dict[str, Any], point: str, address: str) -> Place | None:
    """Where the parcel starts or ends, as far as a push or map answer tells it."""
    where, info = _lat_lng(text_of(item, point)), object_of(item, address)
    latitude, longitude = where or (None, None)
    place = Place(
        city=text_of(info, "CityName"),
        region=text_of(info, "ProvinceName"),
        latitude=latitude,
        longitude=longitude,
    )
    return None if place == Place() else place
