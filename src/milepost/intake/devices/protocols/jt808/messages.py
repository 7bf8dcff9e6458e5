"""The messages of JT/T 808: what each means and what it is answered with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from struct import pack

from milepost.engine.devices import Medium, Value
from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Session
from milepost.intake.devices.protocols.jt808 import header as heads
from milepost.intake.devices.protocols.jt808.framing import unescape
from milepost.intake.devices.protocols.jt808.header import Header, general, read_header, registered
from milepost.intake.devices.protocols.jt808.location import read_batch, read_location
from milepost.intake.devices.protocols.jt808.padlock import read_padlock
from milepost.intake.devices.protocols.jt808.parts import ANSWERED, body_of, opened, part_of
from milepost.intake.devices.protocols.jt808.transparent import read_transparent
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import CHINA, bcd_time
from milepost.intake.devices.wire.cursor import Cursor

Handler = Callable[[Header, Cursor, Outcome, Session], None]


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if frame.startswith(b"("):
        return _sentence(frame, session)
    mark, content, sound = unescape(frame)
    cursor = Cursor(content)
    header = read_header(mark, cursor)
    fault = _fault(header, cursor, sound)
    if fault and session.strict:
        raise FrameError(fault)
    header = header._replace(answering=session.notes.get(ANSWERED, 0))
    outcome = Outcome(kind=f"0x{header.message:04x}", identity=header.identity, fault=fault)
    if header.parts > 1:
        _part(header, frame, outcome)
    else:
        _handle(header, Cursor(cursor.rest()), outcome, session)
        session.notes[ANSWERED] = header.answering + len(outcome.replies) & 0xFFFF
    return outcome


def whole(frames: dict[int, bytes], last: int, session: Session) -> Outcome:
    """A message out of its parts, as one; the answer names the part that came last."""
    header, _ = opened(frames[last], session)
    kind = f"0x{header.message:04x} in {header.parts} parts"
    outcome = Outcome(kind=kind, identity=header.identity)
    body = body_of(frames, session)
    _handle(header._replace(parts=1, part=1), Cursor(body), outcome, session)
    session.notes[ANSWERED] = header.answering + len(outcome.replies) & 0xFFFF
    return outcome


def _part(header: Header, frame: bytes, outcome: Outcome) -> None:
    """A piece of a message. It is not answered: the whole is, or what is missing is asked for."""
    outcome.kind += f" part {header.part} of {header.parts}"
    outcome.refusal = general(header, heads.FAILED)
    outcome.unreadable = general(header, heads.WRONG)
    try:
        outcome.part = part_of(header, frame)
    except FrameError as fault:
        outcome.fault = str(fault)


def _fault(header: Header, cursor: Cursor, sound: bool) -> str | None:
    if not sound:
        return "broken checksum"
    if header.body_bytes is not None and header.body_bytes > cursor.left:
        return f"truncated: a body of {header.body_bytes} bytes, {cursor.left} are there"
    if header.encrypted:
        return "encrypted bodies are not read"
    return None


def _handle(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    handler = HANDLERS.get(header.message)
    try:
        if handler is not None:
            handler(header, body, outcome, session)
    except FrameError as fault:
        outcome.fault = outcome.fault or str(fault)
    if header.message != REGISTER:
        outcome.refusal = general(header, heads.FAILED)
        outcome.unreadable = general(header, heads.WRONG)
        if header.message not in UNANSWERED and not outcome.replies:
            outcome.replies.append(general(header))


def _register(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0100: province, city, maker, model, terminal, colour of the plate, plate or VIN."""
    identity = header.identity
    outcome.identity = Identity(identity.name, "register", None, identity.alternatives)
    outcome.replies.append(registered(header, heads.DONE, identity.name))
    outcome.guarded = registered(header, heads.ALREADY_REGISTERED)
    outcome.refusal = registered(header, heads.NO_SUCH_TERMINAL)
    maker, model, terminal = (11, 30, 30) if header.version is not None else (5, 20, 7)
    if header.version is None and body.left < 4 + 5 + 20 + 7 + 1:
        model = 8  # 2011
    try:
        facts: dict[str, Value] = {
            "province": body.u16(), "city": body.u16(), "maker": body.text(maker, "gbk"),
            "model": body.text(model, "gbk"), "terminal": body.text(terminal, "gbk"),
            "plate_colour": body.u8(), "plate": body.text(body.left, "gbk"),
        }  # fmt: skip
    except FrameError:
        return  # look-alikes shorten it; who it is stands in the header
    outcome.facts = facts


def _authenticate(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0102. From 2019 on the code has a length, and IMEI and software version follow."""
    if header.version is not None:
        code = body.text(body.u8(), "gbk")
        if body.left >= 15:
            outcome.facts["imei"] = body.text(15)
    else:
        code = body.text(body.left, "gbk")
    identity = header.identity
    outcome.identity = Identity(identity.name, "login", code, identity.alternatives)


def _heartbeat(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    if body.left >= 3:
        outcome.facts = {"battery_percent": body.u8(), "rssi": body.u8(), "status": body.u8()}


def _position(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    outcome.reports.append(read_location(body, header.version))


def _answered_position(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0201, 0x0500: answers to a question or command; the serial of that comes first."""
    body.skip(2)
    outcome.reports.append(read_location(body, header.version))


def _media(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0801: a picture, sound or film, and where it was taken; the position has no items.

    0x8800 says that all of it came; until then terminals send it again.
    """
    number, kind, form, event, channel = (
        body.u32(), body.u8(), body.u8(), body.u8(), body.u8(),
    )  # fmt: skip
    place = _where(body, header)
    content = body.rest()
    if place.located or place.at is not None:
        place.attributes["media_bytes"] = len(content)
        outcome.reports.append(place)
    sample = place.sample("")
    outcome.media.append(
        Medium(
            number=number, content_type=_content_type(kind, form), event=event, channel=channel,
            body=content, at_us=None if sample is None else sample.at_us,
            lat_e7=None if sample is None else sample.lat_e7,
            lon_e7=None if sample is None else sample.lon_e7,
        )
    )  # fmt: skip
    outcome.replies.append(heads.answer(header, 0x8800, pack(">I", number)))


def _where(body: Cursor, header: Header) -> Report:
    """Where a picture was taken; one that cannot be read costs no picture."""
    if body.left < LOCATION_BYTES:
        return Report()
    inner = body.sub(LOCATION_BYTES)
    try:
        return read_location(inner, header.version)
    except FrameError:
        return Report()


def _content_type(kind: int, form: int) -> str:
    """By the format; where that is none of the standard's, by what it is, else plain bytes."""
    unknown = _MEDIA_KINDS.get(kind, "application/octet-stream")
    return _MEDIA_FORMATS.get(form, unknown)


def _batch(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0704: positions that were kept back, or several of now."""
    count, kind = body.u16(), body.u8()
    reports, fault = read_batch(body, 2, header.version)
    for report in reports:
        report.attributes["buffered"] = kind == 1
    outcome.reports = reports
    if fault is None and len(reports) < count:
        fault = f"truncated: {count} positions announced, {len(reports)} are there"
    outcome.fault = outcome.fault or fault


def _short_batch(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0210 of makers: a battery level, or positions with lengths of one byte."""
    if body.left == 7:
        level = body.u8()
        report = Report(at=bcd_time(body, CHINA), attributes={"battery_percent": level})
        outcome.reports.append(report)
        return
    outcome.reports, fault = read_batch(body, 1, header.version)
    outcome.fault = outcome.fault or fault


def _padlock(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    blind = header.message == heads.PADLOCK_BLIND
    outcome.reports.append(read_padlock(body, blind=blind))
    if header.properties >> 15 & 1:
        outcome.replies.append(general(header))


def _transparent(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    outcome.reports = read_transparent(body)


def _time(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0109 of makers: the terminal asks what time it is."""
    now = session.received
    answer = pack(">HBBBBBB", now.year, now.month, now.day, now.hour, now.minute, now.second, 0)
    outcome.replies.append(heads.answer(header, 0x8109, answer))


def _clock(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0004 of 2019: the terminal asks what time it is; told in UTC."""
    now = session.received.astimezone(UTC).strftime("%y%m%d%H%M%S")
    outcome.replies.append(heads.answer(header, 0x8004, bytes.fromhex(now)))


def _driver(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0702: a driver's IC card was put in or taken out."""
    status, at = body.u8(), bcd_time(body, CHINA)
    report = Report(at=at, attributes={"driver_card": "in" if status == 1 else "out"})
    outcome.reports.append(report)
    if body.left and body.u8() == 0:
        report.attributes["driver_name"] = body.text(body.u8(), "gbk")
        report.attributes["driver"] = body.text(20)
        report.attributes["driver_agency"] = body.text(body.u8(), "gbk")
        report.attributes["driver_card_until"] = body.hex(4)


def _text(offset: int, encoding: str) -> Handler:
    def read(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
        body.skip(offset)
        outcome.facts["answer"] = body.text(body.left, encoding)

    return read


def _attributes(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0107: what the terminal is."""
    wide = header.version is not None
    body.skip(2)
    outcome.facts = {
        "maker": body.text(5), "model": body.text(30 if wide else 20, "gbk"),
        "terminal": body.text(30 if wide else 7), "iccid": body.hex(10),
    }  # fmt: skip


def _acceleration(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x2070 of makers: a run of accelerations in three axes, each with its time."""
    while body.left >= 12:
        at = bcd_time(body, CHINA)
        axes = [(raw & 0x7FFF) * (-1 if raw & 0x8000 else 1) for raw in (body.u16() for _ in "xyz")]
        report = Report(at=at)
        for axis, value in zip("xyz", axes, strict=True):
            report.attributes[f"acceleration_{axis}_mg"] = value
        outcome.reports.append(report)


def _sentence(frame: bytes, session: Session) -> Outcome:
    """Padlocks also speak text: `(serial,1,001,BASE,2,TIME)`."""
    text = frame.decode("ascii", "replace")
    parts = text.strip("()").split(",")
    outcome = Outcome(kind="sentence", identity=Identity(parts[0]), facts={"answer": text})
    if "BASE,2" in text:
        now = session.received.strftime("%Y%m%d%H%M%S")
        outcome.replies.append(text.replace("TIME", now).encode())
    return outcome


REGISTER, AUTHENTICATE = 0x0100, 0x0102
LOCATION_BYTES = 28
_MEDIA_FORMATS = {
    0: "image/jpeg", 1: "image/tiff", 2: "audio/mpeg", 3: "audio/wav", 4: "video/x-ms-wmv",
}  # fmt: skip
_MEDIA_KINDS = {0: "image/*", 1: "audio/*", 2: "video/*"}
# The terminal's own answers are not answered, and padlocks ask for an answer themselves.
UNANSWERED = {0x0001, 0x0104, 0x0107, heads.PADLOCK_REPORT, heads.PADLOCK_BLIND}
HANDLERS: dict[int, Handler] = {
    REGISTER: _register, AUTHENTICATE: _authenticate, 0x0002: _heartbeat, 0x0004: _clock,
    0x0107: _attributes,
    0x0109: _time, 0x0200: _position, 0x0201: _answered_position, 0x0210: _short_batch,
    0x0500: _answered_position, 0x0701: _text(4, "gbk"), 0x0702: _driver, 0x0704: _batch,
    0x0801: _media, 0x0900: _transparent,
    0x1300: _text(2, "utf-16-be"), 0x2070: _acceleration, 0x6006: _text(1, "gbk"),
    heads.PADLOCK_REPORT: _padlock, heads.PADLOCK_BLIND: _padlock,
}  # fmt: skip
