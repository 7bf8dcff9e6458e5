"""`milepost read`: what a scan text says, for a person or as JSON lines."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.reading import Personal, Reading, mask, read


class Line(msgspec.Struct):
    """One JSON line on standard input."""

    text: str
    carrier: str | None = None
    code: str | None = None


@click.command("read")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option("--carrier", metavar="SLUG", help="Use this carrier's own rules too.")
@click.option("--code", metavar="CODE", help="The carrier's code; it only breaks ties.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def read_command(
    texts: tuple[str, ...], carrier: str | None, code: str | None, as_json: bool
) -> None:
    """Read scan texts: status, place, next place and personal data.

    TEXT "-" reads standard input: one JSON object {text, carrier?, code?} a line with --json,
    otherwise one text a line. Answers come in the same order.
    """
    if texts == ("-",) and as_json:
        _stream(sys.stdin.buffer, sys.stdout.buffer, carrier, code)
        return
    if texts == ("-",):
        texts = tuple(line for line in sys.stdin.read().splitlines() if line.strip())
    readings = [(text, read(text, carrier=carrier, code=code)) for text in texts]
    if as_json:
        for _, reading in readings:
            click.echo(msgspec.json.encode(_answer(reading)))
    else:
        _show(readings)


def _stream(source: BinaryIO, sink: BinaryIO, carrier: str | None, code: str | None) -> None:
    """One answer a line; a line that is no such object is answered with `error`."""
    decoder = msgspec.json.Decoder(Line)
    encoder = msgspec.json.Encoder()
    for raw in source:
        if not raw.strip():
            continue
        try:
            line = decoder.decode(raw)
            answer = _answer(
                read(line.text, carrier=line.carrier or carrier, code=line.code or code)
            )
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            answer = {**_answer(Reading("unknown", None)), "error": str(error)}
        sink.write(encoder.encode(answer) + b"\n")
    sink.flush()


def _answer(reading: Reading) -> dict[str, Any]:
    return {
        "main": reading.main,
        "sub": reading.sub,
        "place": reading.place,
        "place_city": reading.place_city,
        "next_place": reading.next_place,
        "personal": [_span(span) for span in reading.personal],
        "rule": reading.rule,
    }


def _span(span: Personal) -> dict[str, Any]:
    return {"kind": span.kind, "start": span.start, "end": span.end}


def _show(readings: list[tuple[str, Reading]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Text", "Status", "Place", "Next", "Because of"):
        table.add_column(column, overflow="fold")
    for text, reading in readings:
        status = reading.sub or reading.main
        place = " · ".join(filter(None, (reading.place_city, reading.place)))
        shown = mask(text, reading.personal) if len(text) <= 500 else mask(text[:500])
        table.add_row(shown, status, place, reading.next_place or "", reading.rule or "no rule")
    Console(soft_wrap=False).print(table, markup=False)
