"""`milepost recommend`: which carrier for this order? `--tariffs FILE` says what they charge."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.engine.recommend import Option, Preference
from milepost.engine.tariff_csv import decimals


class _Answer(msgspec.Struct):
    options: list[Option]
    synthetic: bool = False


@click.command("recommend")
@click.option("--from", "origin", help="Where it begins: city and country, or a postal address.")
@click.option("--to", "destination", help="Where it goes.")
@click.option("--weight-g", type=click.IntRange(1, 1_000_000_000), default=1000, show_default=True)
@click.option("--volume-cm3", type=click.IntRange(0))
@click.option("--category", help="Kind of goods.")
@click.option("--within-h", type=click.FloatRange(0, 10_000), help="Hours promised to the buyer.")
@click.option("--prefer", type=click.Choice(get_args(Preference)), default="balanced")
@click.option("--tariffs", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="First replace all tariffs by this file (CSV or JSON).")  # fmt: skip
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of reasons.")
@click.option("--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
              help="The server [http://127.0.0.1:8000, or MILEPOST_URL].")  # fmt: skip
@click.option("--key", envvar="MILEPOST_KEY", required=True, help="API key (MILEPOST_KEY).")
@click.option("--json", "as_json", is_flag=True, help="Print the server's JSON.")
def recommend_command(**given: Any) -> None:
    """Rank carriers and services for an order on a running server."""
    if not (given["origin"] and given["destination"]) and given["tariffs"] is None:
        raise click.UsageError("give --from and --to, or --tariffs")
    if given["tariffs"] is not None:
        kind = "text/csv" if given["tariffs"].suffix == ".csv" else "application/json"
        _ask(given, "PUT", "/v1/tariffs", given["tariffs"].read_bytes(), kind)
    if not (given["origin"] and given["destination"]):
        return
    order = {name: given[name] for name in ("weight_g", "volume_cm3", "category", "within_h")}
    order |= {"origin": _place(given["origin"]), "destination": _place(given["destination"])}
    body = msgspec.json.encode({"order": order, "prefer": given["prefer"]})
    answer = _ask(given, "POST", "/v1/recommendations", body, "application/json")
    if given["as_json"]:
        click.echo(answer.decode())
        return
    _show(msgspec.json.decode(answer, type=_Answer), given["lang"])


def _place(text: str) -> dict[str, str]:
    """ "Berlin, DE": a country's code behind a comma is taken for itself."""
    head, comma, tail = text.rpartition(",")
    code = tail.strip()
    if comma and len(code) == 2 and code.isupper():
        return {"city": head.strip(), "country": code}
    return {"country": text} if len(text) == 2 and text.isupper() else {"name": text}


def _ask(given: dict[str, Any], method: str, path: str, body: bytes, kind: str) -> bytes:
    import httpx2

    url = given["url"].rstrip("/")
    headers = {"Authorization": f"Bearer {given['key']}", "Content-Type": kind}
    try:
        answer = httpx2.request(method, url + path, content=body, headers=headers, timeout=30)
    except httpx2.HTTPError as error:
        raise click.ClickException(f"No answer from {url}: {error}") from None
    if answer.status_code != 200:
        raise click.ClickException(f"{url} answers {answer.status_code}: {answer.text[:500]}")
    return answer.content


def _show(answer: _Answer, language: str) -> None:
    if not answer.options:
        click.echo("No tariff serves this order; --tariffs FILE says what carriers charge.")
        return
    table = Table("", "carrier", "service", "price", "P50 / P90", "kept", "of", "CO2e")
    table.title = "synthetic data" if answer.synthetic else None
    for place, one in enumerate(answer.options, 1):
        table.add_row(str(place), *_cells(one))
    console = Console(highlight=False)
    console.print(table)
    for place, one in enumerate(answer.options, 1):
        if one.reasons:
            why = " ".join(why.text[language] for why in one.reasons)
            console.print(f"{place:>2}  {one.carrier} {one.service}: {why}", markup=False)


def _cells(one: Option) -> tuple[str, ...]:
    times = "?"
    if one.p50_h is not None and one.p90_h is not None:
        guess = " (guess)" if one.basis == "guess" else ""
        times = f"{one.p50_h / 24:.1f} / {one.p90_h / 24:.1f} d{guess}"
    digits = decimals(one.currency)
    return (
        one.carrier,
        one.service,
        f"{one.price_minor / 10**digits:.{digits}f} {one.currency}",
        times,
        "?" if one.kept_pm is None else f"{one.kept_pm / 10:.0f} %",
        str(one.samples),
        "?" if one.carbon_g is None else f"{one.carbon_g} g",
    )
