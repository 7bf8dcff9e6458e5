"""`milepost address`: is this address good?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from milepost.addresses import Address, Checked, check, text_of
from milepost.api.addresses import told

_TONES = {"good": "green", "check": "yellow", "bad": "red"}
_decode = msgspec.json.Decoder(Address | str)


@click.command("address")
@click.argument("texts", nargs=-1, required=True)
@click.option("--country", default="", help="ISO code or name of the country.")
@click.option("--phone", help="Phone number, if it does not stand in the text.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of reasons.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def address_command(
    texts: tuple[str, ...], country: str, phone: str | None, lang: str, as_json: bool
) -> None:
    """Check the addresses TEXTS, each with name and phone or without.

    With `-` they are read from standard input: a JSON object {"text": …, "country": …} (or with
    fields region, city, district, street, postal_code, name, phone) a line, or a bare text a line.
    """
    for given in _given(texts):
        if isinstance(given, dict):
            _say_error(given, as_json)
            continue
        address = msgspec.structs.replace(
            given,
            country=given.country or country,
            phone=given.phone if given.phone is not None else phone,
        )
        checked = check(address)
        if as_json:
            click.echo(msgspec.json.encode(told(checked)).decode())
        else:
            _show(address, checked, lang)


def _given(texts: tuple[str, ...]) -> Iterable[Address | dict[str, Any]]:
    if texts == ("-",):
        return _read_lines(sys.stdin.buffer)
    return [Address(text=text) for text in texts]


def _read_lines(stream: Iterable[bytes]) -> Iterator[Address | dict[str, Any]]:
    """A line that is no JSON is the text of an address; JSON of another shape is an error."""
    for raw in stream:
        line = raw.decode("utf-8", "replace").strip()
        if not line:
            continue
        try:
            found = _decode.decode(line)
        except msgspec.ValidationError as error:
            yield {"error": str(error)}
        except msgspec.DecodeError:
            yield Address(text=line)
        else:
            yield Address(text=found) if isinstance(found, str) else found


def _say_error(given: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(given).decode())
    else:
        click.secho(str(given["error"]), fg="red", err=True)


def _show(address: Address, checked: Checked, language: str) -> None:
    console = Console(highlight=False)
    tone = _TONES[checked.verdict]
    console.print(
        f"[{tone}]{checked.verdict} {checked.score_pm / 10:.0f} %[/] {escape(address.text)}"
    )
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name, value in msgspec.structs.asdict(checked.parts).items():
        if value:
            table.add_row(name, escape(value))
    if checked.phone is not None:
        table.add_row("phone", escape(f"{checked.phone.e164 or checked.phone.raw}"))
    console.print(table)
    for one in checked.reasons:
        console.print(f"  [{'red' if one.severity == 'critical' else 'yellow'}]-[/] "
                      f"{escape(text_of(one, language))}")  # fmt: skip
    if checked.repaired:
        console.print(f"  → {escape(checked.repaired)}")
