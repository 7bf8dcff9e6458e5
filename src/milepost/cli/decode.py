"""`milepost decode`: what frames of GPS terminals mean, for a person or as JSON lines."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any, BinaryIO

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.intake.devices.decoding import decode_all
from milepost.intake.devices.discovery import UnknownProtocolError, protocol
from milepost.intake.devices.protocol import Outcome, Protocol, Session
from milepost.intake.devices.report import Report


class Line(msgspec.Struct):
    """One JSON line on standard input. `encoding`: binary (hexadecimal), buffer or text."""

    frame: str
    encoding: str | None = None


_HEX = {"binary", "hex", "bytes"}
_TEXT = {"buffer", "text", "ascii"}


@click.command("decode")
@click.argument("name", metavar="PROTOCOL")
@click.argument("given", nargs=-1, metavar="FRAME...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def decode_command(name: str, given: tuple[str, ...], as_json: bool) -> None:
    """Decode frames of GPS terminals: jt808, gt06, h02, teltonika ...

    FRAME "-" reads standard input: one JSON object {frame, encoding} a line with --json, otherwise
    one frame a line. Each frame is read on its own, as if a connection began with it. Answers come
    in the same order.
    """
    try:
        spoken = protocol(name)
    except UnknownProtocolError as error:
        raise click.ClickException(str(error)) from error
    if given in {("-",), ()} and as_json:
        _stream(spoken, sys.stdin.buffer, sys.stdout.buffer)
        return
    if given in {("-",), ()}:
        given = tuple(line for line in sys.stdin.read().splitlines() if line.strip())
    outcomes = [(text, _outcomes(spoken, Line(text))) for text in given]
    if as_json:
        for _, found in outcomes:
            click.echo(msgspec.json.encode(_answer(found)))
    else:
        _show(outcomes)


def _stream(spoken: Protocol, source: BinaryIO, sink: BinaryIO) -> None:
    """One answer a line; a line that cannot be read is answered with `error`."""
    decoder, encoder = msgspec.json.Decoder(Line), msgspec.json.Encoder()
    for raw in source:
        if not raw.strip():
            continue
        try:
            answer = _answer(_outcomes(spoken, decoder.decode(raw)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            answer = {"positions": [], "error": str(error)}
        sink.write(encoder.encode(answer) + b"\n")
    sink.flush()


def _outcomes(spoken: Protocol, line: Line) -> list[Outcome]:
    """What a line's frame means; several where its text holds several frames."""
    try:
        data = _bytes(spoken, line)
    except ValueError as error:
        return [Outcome(fault=f"not hexadecimal: {error}")]
    # Read even what a broken checksum casts doubt on: the answer carries the error beside it.
    session = Session(received=datetime.now(UTC), strict=False)
    return decode_all(spoken, data, session)


def _bytes(spoken: Protocol, line: Line) -> bytes:
    encoding = (line.encoding or "").lower()
    if encoding in _HEX:
        return bytes.fromhex(line.frame)
    if encoding in _TEXT or spoken.encoding == "text":
        return line.frame.encode("latin-1", "replace")
    try:
        return bytes.fromhex(line.frame)
    except ValueError:
        return line.frame.encode("latin-1", "replace")


def _answer(outcomes: list[Outcome]) -> dict[str, Any]:
    reports = [report for outcome in outcomes for report in outcome.reports]
    answer: dict[str, Any] = {"positions": [_position(one) for one in reports if one.located]}
    for outcome in outcomes:
        if outcome.kind:
            answer.setdefault("kind", outcome.kind)
        if outcome.identity is not None:
            answer.setdefault("identity", outcome.identity.name)
        if outcome.facts:
            answer.setdefault("facts", {}).update(outcome.facts)
        if outcome.rfid:
            reads = answer.setdefault("rfid", [])
            reads += [{"reader": one.reader, "tag": one.tag} for one in outcome.rfid]
    status = [_status(one) for one in reports if not one.located]
    if status:
        answer["status"] = status
    faults = [outcome.fault for outcome in outcomes if outcome.fault]
    if faults:
        answer["error"] = "; ".join(dict.fromkeys(faults))
    return answer


_FIELDS = (
    "altitude_m", "course_deg", "temperature_mc", "humidity_pm", "shock_mg", "light_lux",
    "battery_mv",
)  # fmt: skip


def _position(report: Report) -> dict[str, Any]:
    assert report.lat is not None
    assert report.lon is not None
    where = {"lat": round(report.lat, 7), "lon": round(report.lon, 7), "valid": report.valid}
    return {"time": _time(report), **where, **_measured(report)}


def _status(report: Report) -> dict[str, Any]:
    return {"time": _time(report), **_measured(report)}


def _measured(report: Report) -> dict[str, Any]:
    found = {name: value for name in _FIELDS if (value := getattr(report, name)) is not None}
    if report.speed_mm_s is not None:
        found["speed_kmh"] = round(report.speed_mm_s * 0.0036, 1)
    if report.attributes:
        found["attributes"] = report.attributes
    return found


def _time(report: Report) -> str | None:
    return None if report.at is None else report.at.isoformat(timespec="milliseconds")


def _show(outcomes: list[tuple[str, list[Outcome]]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Frame", "Time", "Position", "Speed", "Fix", "What else"):
        table.add_column(column, overflow="fold")
    for text, found in outcomes:
        for row in _rows(found):
            table.add_row(text if len(text) <= 24 else f"{text[:21]}...", *row)
    Console(soft_wrap=False).print(table, markup=False)


def _rows(outcomes: list[Outcome]) -> list[tuple[str, str, str, str, str]]:
    rows: list[tuple[str, str, str, str, str]] = []
    for outcome in outcomes:
        for one in outcome.reports:
            where = f"{one.lat:.5f}, {one.lon:.5f}" if one.located else ""
            speed = "" if one.speed_mm_s is None else f"{one.speed_mm_s * 0.0036:.1f} km/h"
            fix = ("yes" if one.valid else "no") if one.located else ""
            rows.append((_time(one) or "", where, speed, fix, _words(one.attributes)))
        if outcome.fault:
            rows.append(("", "", "", "", f"error: {outcome.fault}"))
        elif not outcome.reports:
            rows.append(("", "", "", "", f"{outcome.kind} {_words(outcome.facts)}".strip()))
    return rows


def _words(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
