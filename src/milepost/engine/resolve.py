"""Room 3: a scan becomes an event: whose parcel, which status, which instant."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from milepost.domain.event import Event, EventBody, fingerprint_of, fingerprint_of_text, key_of
from milepost.domain.marks import PROMISE, RETRACTION
from milepost.domain.moment import Moment, resolve
from milepost.domain.place import Place, as_place
from milepost.domain.scan import Scan, id_number
from milepost.domain.status import SUB_CODE, UNKNOWN, main_of
from milepost.engine.ports import CarrierTables
from milepost.identify import normalise
from milepost.places import zone_of
from milepost.reading import read

LONGEST_TEXT = 4_000
LONGEST_NUMBER = 64
LONGEST_PLACE = 1_000
LARGEST_EXTRAS = 32_768
EARLIEST_US = 946_684_800_000_000  # the year 2000: before it no parcel was tracked
AHEAD_US = 24 * 3600 * 1_000_000
PROMISED_WITHIN_US = 5 * 366 * 24 * 3600 * 1_000_000


class BadScanError(ValueError):
    """A scan that cannot be taken; the text is for its sender."""


class Resolver:
    """Turns scans into events with the help of the carriers' tables."""

    def __init__(self, tables: CarrierTables) -> None:
        self._tables = tables
        self._read = lru_cache(maxsize=65_536)(_code_of_text)
        self._zone = lru_cache(maxsize=4_096)(tables.zone)
        self._country = lru_cache(maxsize=4_096)(tables.country)
        self._slug = lru_cache(maxsize=4_096)(tables.slug)

    def events(self, tenant: int, scan: Scan, source: str, received_us: int) -> list[Event]:
        """The events of one scan: itself, and the promise that it carries. Raises BadScanError."""
        number = checked_number(scan.number)
        check_size(scan)
        carrier = self._slug(scan.carrier) if scan.carrier else None
        code, reference = self._status(scan, carrier)
        moment = self._moment(scan, carrier, received_us)
        parcel = key_of(tenant, number)
        body = _body(scan, number, source, carrier)
        events: list[Event] = []
        if code != PROMISE:
            fingerprint = _fingerprint(parcel, scan, moment, carrier)
            events.append(_event(parcel, fingerprint, moment, code, received_us, reference, body))
        if scan.estimated_to is not None:
            events.append(self._promise(parcel, scan, moment, body, received_us))
        return events

    def _promise(
        self, parcel: int, scan: Scan, moment: Moment, body: EventBody, received_us: int
    ) -> Event:
        promise = self._moment_of_promise(scan, body)
        told = promise.estimated_to_us or 0
        _check_promise(promise, received_us + PROMISED_WITHIN_US)
        fingerprint = fingerprint_of(
            parcel, "promise", _when(scan, moment), scan.date_only, _place(scan), told,
            promise.estimated_from_us, body.carrier,
        )  # fmt: skip
        reference = told // 1_000_000
        return _event(parcel, fingerprint, moment, PROMISE, received_us, reference, promise)

    def _status(self, scan: Scan, carrier: str | None) -> tuple[int, int | None]:
        reference = _reference(scan.retracts) if scan.retracts else None
        if scan.code is None and not scan.text:
            if reference is not None:
                return RETRACTION, reference
            return (PROMISE if scan.estimated_to else UNKNOWN.code), None
        if scan.code == "promise" and scan.estimated_to is not None:
            return PROMISE, None
        return self._code(scan, carrier), reference

    def _code(self, scan: Scan, carrier: str | None) -> int:
        if scan.code_set is None:
            exact = SUB_CODE.get(scan.code or "")
            return exact if exact is not None else self._text_code(scan, carrier)
        entry = self._tables.codes(scan.code_set).get(scan.code or "")
        if entry is None:
            return self._text_code(scan, carrier)
        if entry.coarse and scan.text:
            return _finer(SUB_CODE[entry.sub], entry.sub, self._text_code(scan, carrier))
        return SUB_CODE[entry.sub]

    def _text_code(self, scan: Scan, carrier: str | None) -> int:
        return self._read(scan.text, carrier, scan.code) if scan.text else UNKNOWN.code

    def _moment(self, scan: Scan, carrier: str | None, received_us: int) -> Moment:
        if scan.occurred_at.tzinfo is not None:
            moment = resolve(scan.occurred_at, date_only=scan.date_only)
        else:
            country = self._country(carrier) if carrier else None
            place_zone = zone_of(_place_of(scan), carrier_country=country)
            moment = resolve(
                scan.occurred_at,
                date_only=scan.date_only,
                place_zone=place_zone,
                carrier_zone=self._naive_zone(scan, carrier),
            )
        if moment.at_us < EARLIEST_US:
            raise BadScanError("occurred_at: before the year 2000")
        if moment.at_us > received_us + AHEAD_US:
            raise BadScanError("occurred_at: more than 24 hours ahead of the time of receipt")
        return moment

    def _naive_zone(self, scan: Scan, carrier: str | None) -> str | None:
        zone = self._zone(scan.code_set) if scan.code_set else None
        return zone or (self._zone(carrier) if carrier else None)

    def _moment_of_promise(self, scan: Scan, body: EventBody) -> EventBody:
        zone = zone_of(as_place(scan.place))
        assert scan.estimated_to is not None
        last = resolve(scan.estimated_to, place_zone=zone).at_us
        first = resolve(scan.estimated_from, place_zone=zone).at_us if scan.estimated_from else None
        return msgspec.structs.replace(
            body, text=None, code="promise", estimated_from_us=first, estimated_to_us=last
        )


def _place_of(scan: Scan) -> Place | None:
    """Where the scan was made; many sources say it only in their text."""
    if scan.place is not None or not scan.text:
        return as_place(scan.place)
    reading = read(scan.text, carrier=scan.carrier, code=scan.code)
    return as_place(reading.place_city or reading.place)


def checked_number(text: str) -> str:
    """A tracking number in its normal form. Raises BadScanError."""
    number = text.upper() if text.isascii() and text.isalnum() else normalise(text)
    if not 4 <= len(number) <= LONGEST_NUMBER:
        raise BadScanError(f"number: must have 4 to {LONGEST_NUMBER} letters and digits")
    return number


def check_size(scan: Scan) -> None:
    """Raises BadScanError for what is too long, or cannot be stored at all."""
    if scan.text is not None and len(scan.text) > LONGEST_TEXT:
        raise BadScanError(f"text: longer than {LONGEST_TEXT} characters")
    # Which of them it is, is asked afterwards: this is done for every scan.
    for name in (
        scan.code, scan.code_set, scan.carrier, scan.actor, scan.device, scan.order_number,
    ):  # fmt: skip
        if name is not None and (len(name) > 200 or "\x00" in name):
            _check_names(scan)
    if scan.place is not None and len(str(scan.place)) > LONGEST_PLACE:
        raise BadScanError(f"place: longer than {LONGEST_PLACE} characters")
    if scan.next_place is not None and len(str(scan.next_place)) > LONGEST_PLACE:
        raise BadScanError(f"next_place: longer than {LONGEST_PLACE} characters")
    if scan.evidence is not None or scan.measurements is not None:
        _check_packs("evidence, measurements", (scan.evidence, scan.measurements))


def _check_names(scan: Scan) -> None:
    for name in ("code", "code_set", "carrier", "actor", "device", "order_number"):
        value = getattr(scan, name)
        if value is not None and not isinstance(value, str):
            raise BadScanError(f"{name}: is no text")
        if value is not None and (len(value) > 200 or "\x00" in value):
            raise BadScanError(f"{name}: longer than 200 characters, or with a NUL in it")


def check_text(scan: Scan) -> None:
    """Raises BadScanError for what careless JSON readers let through: text that is no Unicode, and
    numbers where a text belongs.
    """
    _check_packs("text", scan.text, scan.place, scan.number, scan.order_number, scan.code)
    _check_names(scan)


def _check_packs(name: str, *values: object) -> None:
    try:
        size = len(_pack(values))
    except (ValueError, OverflowError, RecursionError, TypeError):
        raise BadScanError(f"{name}: cannot be stored") from None
    if size > LARGEST_EXTRAS:
        raise BadScanError(f"{name}: larger than {LARGEST_EXTRAS} bytes")


_pack = msgspec.msgpack.Encoder().encode


def _check_promise(promise: EventBody, latest_us: int) -> None:
    for name in ("estimated_from", "estimated_to"):
        told_us = getattr(promise, name + "_us")
        if told_us is not None and not EARLIEST_US <= told_us <= latest_us:
            raise BadScanError(f"{name}: before the year 2000 or many years ahead")


def _reference(text: str) -> int:
    try:
        return id_number(text)
    except ValueError:
        raise BadScanError("retracts: not an event id (16 hexadecimal digits)") from None


def _code_of_text(text: str, carrier: str | None, code: str | None) -> int:
    reading = read(text, carrier=carrier, code=code)
    return SUB_CODE.get(reading.sub or reading.main, UNKNOWN.code)


def _finer(coarse: int, sub: str, read_code: int) -> int:
    """A text may say more than a coarse code; but never `delivered` where the code does not."""
    if read_code == UNKNOWN.code:
        return coarse
    says_delivered = read_code in _DELIVERED
    return coarse if says_delivered and main_of(sub) != "delivered" else read_code


_DELIVERED = frozenset(code for sub, code in SUB_CODE.items() if main_of(sub) == "delivered")


def _fingerprint(parcel: int, scan: Scan, moment: Moment, carrier: str | None) -> int:
    when = _when(scan, moment)
    # Sources give one and the same scan with and without its code (only the newest carries a
    # state), so where there is a text the code does not count.
    what = scan.text or (scan.code_set, scan.code)
    place = _place(scan)
    measured = scan.measurements and sorted(scan.measurements.items())
    # One text, as `fingerprint_of` would join the parts: this is done for every scan.
    return fingerprint_of_text(
        f"{parcel}\x1f{when}\x1f{scan.date_only}\x1f{what}\x1f{'' if place is None else place}"
        f"\x1f{carrier or ''}\x1f{scan.device or ''}\x1f{scan.actor or ''}"
        f"\x1f{scan.retracts or ''}\x1f{'' if measured is None else measured}"
    )


def _when(scan: Scan, moment: Moment) -> int | str:
    """What a source repeats must hash alike, whatever we later learn of its zone: a naive time
    counts by its wall clock.
    """
    return moment.at_us if scan.occurred_at.tzinfo is not None else scan.occurred_at.isoformat()


def _place(scan: Scan) -> object:
    """All of a place counts, for a time zone is read from it."""
    if isinstance(scan.place, Place):
        alone = scan.place == Place(name=scan.place.name)
        return scan.place.name if alone else msgspec.structs.astuple(scan.place)
    return scan.place


def _body(scan: Scan, number: str, source: str, carrier: str | None) -> EventBody:
    return EventBody(
        number, source, carrier, scan.text, scan.place, scan.code, scan.code_set,
        scan.next_place, scan.actor, scan.device, scan.evidence, scan.measurements,
        scan.order_number,
    )  # fmt: skip


def _event(
    parcel: int,
    fingerprint: int,
    moment: Moment,
    code: int,
    received_us: int,
    reference: int | None,
    body: EventBody,
) -> Event:
    return Event(
        parcel, fingerprint, moment.at_us, moment.offset_min, int(moment.quality), code,
        received_us, reference, body,
    )  # fmt: skip
