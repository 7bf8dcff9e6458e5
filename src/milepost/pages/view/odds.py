"""How sure a prediction is, in words with the figure."""

from __future__ import annotations

from milepost.domain.track import Arrival
from milepost.locale import dates
from milepost.pages.view.reader import Reader

_WORDS = ((0.9, "odds_certain"), (0.75, "odds_high"), (0.5, "odds_fair"), (0.0, "odds_open"))
_MORE_LIKELY_THAN_NOT = 0.5


def sureness(arrival: Arrival, reader: Reader) -> str:
    """`Very likely: about 80% of comparable parcels came …`; of a guess, that it is one."""
    if arrival.guess:
        return reader.text("arrival.guess_note")
    odds = arrival.probability
    if odds is None:
        return reader.text("arrival.estimate")
    percent = dates.percent(odds, reader.locale)
    return reader.text("arrival.odds", word=_word(odds, reader), percent=percent)


def odds_short(arrival: Arrival, reader: Reader) -> str:
    """`Very likely · 80%`; of a guess, that it is one; of what nobody reckoned, nothing."""
    if arrival.guess:
        return reader.text("arrival.guess")
    if arrival.probability is None:
        return ""
    percent = dates.percent(arrival.probability, reader.locale)
    return f"{_word(arrival.probability, reader)} · {percent}"


def _word(odds: float, reader: Reader) -> str:
    return reader.text(f"arrival.{next(name for least, name in _WORDS if odds >= least)}")


def breaks(arrival: Arrival | None) -> bool:
    """Whether the promise beside a prediction will more likely break than hold."""
    if arrival is None or arrival.guess or arrival.late_odds is None:
        return False
    return arrival.late_odds > _MORE_LIKELY_THAN_NOT
