"""A number without a record: why that may be, and what to try."""

from __future__ import annotations

from msgspec import Struct

from milepost.locale import has, norecord
from milepost.pages.ports import Missing
from milepost.pages.view.reader import Reader

_WORTH_NAMING = 0.05
_MOST = 4
_REASONS = ("look_alike", "phone_tail_needed", "carrier_down")
_WORDS = ((0.9, "very_likely"), (0.5, "likely"), (0.0, "possible"))


class Candidate(Struct, frozen=True):
    """A carrier whose form the number has."""

    carrier: str
    likely: str


class Why(Struct, frozen=True):
    """A reason that may hold, what to do about it, and numbers that may be meant."""

    text: str
    do: str
    numbers: tuple[str, ...]


class MissingView(Struct, frozen=True):
    """`problems` say what is wrong with the number's form; `reasons` what else may be why."""

    number: str
    heading: str
    problems: list[str]
    candidates: list[Candidate]
    ambiguous: bool
    reasons: list[Why]


def missing_view(missing: Missing, reader: Reader) -> MissingView:
    """The view of what is known of a number that has no record."""
    named = [row for row in missing.candidates if row[1] >= _WORTH_NAMING][:_MOST]
    return MissingView(
        number=missing.number,
        heading=reader.text("missing.heading_problem" if missing.problems else "missing.heading"),
        problems=[_problem(name, reader) for name in missing.problems],
        candidates=[_candidate(slug, odds, reader) for slug, odds in named],
        ambiguous=missing.ambiguous,
        reasons=[_why(code, proposals, reader) for code, proposals in _told(missing)],
    )


def _told(missing: Missing) -> list[tuple[str, tuple[str, ...]]]:
    """Those that the page does not say in words of its own. Nobody knows here how old it is."""
    found = [one for one in missing.reasons if one[0] in _REASONS]
    return found if missing.problems else [*found, ("too_old", ())]


def _why(code: str, proposals: tuple[str, ...], reader: Reader) -> Why:
    text, do = norecord.said(code, reader.locale)
    return Why(text, do, proposals)


def _problem(name: str, reader: Reader) -> str:
    key = f"missing.problem.{name}"
    return reader.text(key if has(key, reader.locale) else "missing.problem.other")


def _candidate(slug: str, odds: float, reader: Reader) -> Candidate:
    word = next(word for least, word in _WORDS if odds >= least)
    return Candidate(reader.carrier(slug) or slug, reader.text(f"missing.{word}"))
