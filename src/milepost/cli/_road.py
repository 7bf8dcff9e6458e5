"""A road drawn in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from milepost.domain.place import as_place
from milepost.domain.status import MAINS, STATUSES
from milepost.domain.track import Arrival, EventView, Forecast, StatusView, Track
from milepost.locale import status_label


def show(track: Track, locale: str = "en", forecasts: Sequence[Forecast] = ()) -> None:
    """Status first, then what is wrong, then the history, newest first; then what was foretold."""
    console = Console(highlight=False)
    carrier = f"  {track.carrier}" if track.carrier else ""
    console.print(f"\n[bold]{escape(track.number)}[/]{carrier}  {_status(track.status, locale)}")
    if track.synthetic:
        console.print("[yellow]synthetic data[/]")
    if track.arrival is not None:
        console.print(_arrives(track.arrival, ended=STATUSES[track.status.sub].final))
    for alert in track.alerts:
        console.print(f"[red]! {alert.rule.replace('_', ' ')}[/] since {_when(alert.opened_at)}")
    console.print(_history(track, locale))
    if track.of_order:
        console.print(f"Other shipments of this order: {escape(', '.join(track.of_order[1:]))}")
    if len(forecasts) > 1:
        console.print(f"\n[bold]Forecasts[/] (windows in {forecasts[0].zone or 'UTC'})")
        console.print(_foretold(forecasts, locale))


def _status(status: StatusView, locale: str) -> str:
    """`since` is when the main status began: that of the sub may be hours younger."""
    tone = "red" if STATUSES[status.sub].trouble else "green"
    said = f"[bold {tone}]{status_label(status.sub, locale)}[/]"
    if status.since is None:
        return said
    main = "" if status.main == status.sub else f"{status_label(status.main, locale).lower()} "
    return f"{said}  {main}since {_when(status.since)}"


def _history(track: Track, locale: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    for share in (2, 3, 4):
        # A carrier's words are shown whole: Chinese has no spaces to break at.
        table.add_column(ratio=share, overflow="fold")
    for event in reversed(track.events):
        style = "dim strike" if event.retracted_by else ""
        table.add_row(
            _when(event.occurred_at),
            status_label(event.sub, locale),
            escape(_where(event)),
            escape(event.text or ""),
            style=style,
        )
    return table


def _foretold(forecasts: Sequence[Forecast], locale: str) -> Table:
    """Newest first: when it was said, why, and what; and by how much that was later or sooner."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for one in reversed(forecasts):
        known = one.because in MAINS
        why = status_label(one.because, locale) if known else one.because.replace("_", " ")
        since = f" since {_short(one.since)}" if one.since else ""
        window = f"{_short(one.earliest)} to {_short(one.latest)}"
        table.add_row(_when(one.at)[5:], why + since, window, _shift(one))
    return table


def _short(text: str) -> str:
    """Without the year; the zone of all is told once."""
    return f"{text[5:10]} {text[11:16]}"


def _shift(one: Forecast) -> str:
    guess = "a guess" if one.guess else ""
    hours = round((one.moved_s or 0) / 3600)
    if not hours:
        return guess
    size = f"{abs(hours)} h" if abs(hours) < 48 else f"{abs(hours) / 24:.1f} days"
    return ", ".join(filter(None, (f"{size} {'later' if hours > 0 else 'sooner'}", guess)))


def _where(event: EventView) -> str:
    place = as_place(event.place)
    return (place.label if place else None) or ""


def _when(text: str | None) -> str:
    """Minutes are enough for a person; the offset stays."""
    if text is None or len(text) <= 10:
        return text or ""
    return f"{text[:10]} {text[11:16]} {text[19:] if '.' not in text else text[26:]}".rstrip()


def _arrives(arrival: Arrival, *, ended: bool) -> str:
    """A promise by its end; our own window with its odds, and whether it is but a guess."""
    if arrival.probability is None:
        said = "was promised" if ended else "arrives"
        return f"{said} by {_when(arrival.latest)} ({arrival.source})"
    start = f"{_when(arrival.earliest)} to " if arrival.earliest else "by "
    odds = f"{arrival.probability:.0%} sure" + (", a guess" if arrival.guess else "")
    why = arrival.reason or arrival.source
    return f"arrives {start}{_when(arrival.latest)} ({odds}; {why}){_moved(arrival)}"


def _moved(arrival: Arrival) -> str:
    """Which scan or silence moved it, where that is another day."""
    one = arrival.revised
    if one is None or arrival.likely is None or one.likely[:10] == arrival.likely[:10]:
        return ""
    cause = one.because.replace("_", " ")
    return f"\n{cause} since {_when(one.at)} moved it: before, {one.likely[:10]} was likeliest"
