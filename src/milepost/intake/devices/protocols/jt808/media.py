"""0x0801: a picture, sound or film of a terminal."""

from __future__ import annotations

from struct import pack

from milepost.engine.devices import Medium
from milepost.intake.devices.protocol import FrameError, Outcome, Session
from milepost.intake.devices.protocols.jt808.header import Header, answer
from milepost.intake.devices.protocols.jt808.location import read_location
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor

_LOCATION_BYTES = 28
_RECEIVED = 0x8800
_MEDIA_FORMATS = {
    0: "image/jpeg", 1: "image/tiff", 2: "audio/mpeg", 3: "audio/wav", 4: "video/x-ms-wmv",
}  # fmt: skip
_MEDIA_KINDS = {0: "image/*", 1: "audio/*", 2: "video/*"}


def media(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
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
    outcome.replies.append(answer(header, _RECEIVED, pack(">I", number)))


def _where(body: Cursor, header: Header) -> Report:
    """Where a picture was taken; one that cannot be read costs no picture."""
    if body.left < _LOCATION_BYTES:
        return Report()
    inner = body.sub(_LOCATION_BYTES)
    try:
        return read_location(inner, header.version)
    except FrameError:
        return Report()


def _content_type(kind: int, form: int) -> str:
    """By the format; where that is none of the standard's, by what it is, else plain bytes."""
    unknown = _MEDIA_KINDS.get(kind, "application/octet-stream")
    return _MEDIA_FORMATS.get(form, unknown)
