"""`milepost carbon`: emissions of a planned leg, or of shipments on a running server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast, get_args

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.carbon.estimate import carbon_of
from milepost.carbon.factors import Factors, defra_2025, read_factors
from milepost.carbon.model import Carbon, Mode, Point, Stretch


class _Shipment(msgspec.Struct):
    shipment: str
    number: str
    carbon: Carbon


class _Track(msgspec.Struct):
    shipment: str


@click.command("carbon")
@click.argument("numbers", nargs=-1)
@click.option("--from", "origin", help="UN/LOCODE, IATA code or latitude,longitude.")
@click.option("--to", "destination", help="UN/LOCODE, IATA code or latitude,longitude.")
@click.option("--mode", type=click.Choice(get_args(Mode)), default="road", show_default=True)
@click.option("--weight-g", type=click.IntRange(1, 1_000_000_000), default=1000, show_default=True)
@click.option("--distance-km", type=click.FloatRange(0, 50_000), help="Where it is known.")
@click.option("--vehicle", help="A vehicle class of the set of factors, such as electric.")
@click.option("--volume-cm3", type=click.IntRange(0), help="Counts where it is more than weight.")
@click.option("--closed", multiple=True, help="A passage that ships cannot take, such as suez.")
@click.option("--factors", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Another set of factors: TOML, JSON or CSV.")  # fmt: skip
@click.option("--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
              help="The server [http://127.0.0.1:8000, or MILEPOST_URL].")  # fmt: skip
@click.option("--key", envvar="MILEPOST_KEY", help="API key (MILEPOST_KEY).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def carbon_command(
    numbers: tuple[str, ...],
    origin: str | None,
    destination: str | None,
    mode: str,
    weight_g: int,
    distance_km: float | None,
    vehicle: str | None,
    volume_cm3: int | None,
    closed: tuple[str, ...],
    factors: Path | None,
    url: str,
    key: str | None,
    as_json: bool,
) -> None:
    """Show the emissions (CO2e, well to wheel) of the shipments NUMBERS, or of one planned leg."""
    if numbers:
        if not key:
            raise click.UsageError("give --key or MILEPOST_KEY to ask a server")
        for number in numbers:
            _show(_asked(url.rstrip("/"), key, number), number, as_json)
        return
    if distance_km is None and not (origin and destination):
        raise click.UsageError("give tracking numbers, or --from and --to, or --distance-km")
    stretch = Stretch(
        mode=cast(Mode, mode),
        weight_g=weight_g,
        origin=_point(origin),
        destination=_point(destination),
        distance_m=None if distance_km is None else round(distance_km * 1000),
        vehicle=vehicle,
        volume_cm3=volume_cm3,
    )
    carbon = carbon_of([stretch], _factors(factors), frozenset(closed))
    if not carbon.legs:
        raise click.ClickException("; ".join(carbon.unknown))
    _show(carbon, f"{origin or ''} → {destination or ''}", as_json)


def _factors(path: Path | None) -> Factors:
    if path is None:
        return defra_2025()
    try:
        return read_factors(path.read_bytes(), path.name)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _point(text: str | None) -> Point:
    if text is None:
        return Point()
    latitude, comma, longitude = text.partition(",")
    if not comma:
        return Point(code=text)
    try:
        return Point(latitude=float(latitude), longitude=float(longitude), name=text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is neither a code nor latitude,longitude") from None


def _asked(url: str, key: str, number: str) -> Carbon:
    track = msgspec.json.decode(_get(f"{url}/v1/track/{number}", key), type=_Track)
    body = _get(f"{url}/v1/shipments/{track.shipment}/carbon", key)
    return msgspec.json.decode(body, type=_Shipment).carbon


def _get(url: str, key: str) -> bytes:
    import httpx2

    try:
        answer = httpx2.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
    except httpx2.HTTPError as error:
        raise click.ClickException(f"No answer from {url}: {error}") from None
    if answer.status_code != 200:
        raise click.ClickException(f"{url} answers {answer.status_code}: {answer.text[:300]}")
    return answer.content


def _show(carbon: Carbon, title: str, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(carbon).decode())
        return
    table = Table("leg", "mode", "vehicle", "km", "g", "CO2e g", "from", "to", title=title)
    for at, leg in enumerate(carbon.legs, 1):
        wtw = f"{leg.wtw_mg / 1000:.1f} ({leg.low_mg / 1000:.1f} to {leg.high_mg / 1000:.1f})"
        mode = f"{leg.mode} ?" if "mode_assumed" in leg.assumptions else leg.mode
        table.add_row(
            str(at), mode, leg.vehicle, f"{leg.distance_m / 1000:.0f}", str(leg.weight_g), wtw,
            leg.origin or "", leg.destination or "",
        )  # fmt: skip
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{carbon.wtw_g} g CO2e ({carbon.low_g} to {carbon.high_g}), {carbon.factors}")
    for one in carbon.unknown:
        console.print(f"- {one}", markup=False)
