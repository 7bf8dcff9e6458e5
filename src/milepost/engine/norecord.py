"""Why nothing is known of a number, and what to do about it. Pure.

Reasons come most telling first: a check digit that fails says more than a carrier that is slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from milepost.identify import Identification, identify

Code = Literal[
    "wrong_number", "look_alike", "unknown_format", "wrong_carrier", "unknown_carrier",
    "phone_tail_needed", "carrier_down", "too_early", "too_old", "not_handed_over",
]  # fmt: skip

# What people and scanners mix up, both ways.
_LOOK_ALIKES = {
    "O": "0", "0": "OQD", "Q": "0", "D": "0", "I": "1", "L": "1", "1": "IL7", "7": "1", "Z": "2",
    "2": "Z", "S": "5", "5": "S6", "B": "8", "8": "B3", "3": "8", "G": "6", "6": "G5", "U": "V",
    "V": "U",
}  # fmt: skip
MOST_PROPOSALS = 5
# A carrier gives its numbers again after about so long.
_FRESH_S = 48 * 3600
_RECYCLED_S = 180 * 86_400
_SURE = 0.8


class Reason(NamedTuple):
    """One possible reason; its words are in `locale.norecord`. `proposals`: numbers or carriers to
    try instead; `carrier`: the one that the words name.
    """

    code: Code
    proposals: tuple[str, ...] = ()
    carrier: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """What is known around the question. Seconds are ages; None: not known. `stranger`: what the
    asker called the carrier, where nobody is called so.

    `needs_phone_tail` and `down` tell of a carrier by its slug.
    """

    number: str
    carrier: str | None = None
    stranger: str | None = None
    phone_tail: str | None = None
    registered_s: int | None = None
    shipped_s: int | None = None
    needs_phone_tail: Callable[[str], bool] = lambda _: False
    down: Callable[[str], bool] = lambda _: False


def explain(asked: Asked) -> list[Reason]:
    """All that may be the reason, most telling first; never empty."""
    read = identify(asked.number)
    found = [*_of_number(read), *_of_carrier(asked, read)]
    unheard_of = asked.registered_s is None and asked.shipped_s is None
    if unheard_of and any(one.code == "wrong_number" for one in found):
        return found  # no time will make a record of it
    return [*found, *_of_time(asked)]


def _of_number(read: Identification) -> Iterator[Reason]:
    if read.candidates:
        return
    repaired = look_alikes(read.number)
    if repaired:
        yield Reason("look_alike", tuple(repaired))
    if any("check digit" in problem for problem in read.problems):
        yield Reason("wrong_number")
    elif not repaired:
        yield Reason("unknown_format")


def _of_carrier(asked: Asked, read: Identification) -> Iterator[Reason]:
    likely = tuple(dict.fromkeys(one.carrier for one in read.candidates))
    if asked.stranger is not None:
        yield Reason("unknown_carrier", likely[:MOST_PROPOSALS], asked.stranger)
    carrier = asked.carrier or _sure(read)
    if carrier is None:
        return
    wrong = asked.carrier is not None and bool(likely) and asked.carrier not in likely
    if wrong:
        yield Reason("wrong_carrier", likely[:MOST_PROPOSALS], carrier)
    # What a carrier would need that has not got it helps nobody.
    if asked.needs_phone_tail(carrier) and not asked.phone_tail and not wrong:
        yield Reason("phone_tail_needed", carrier=carrier)
    if asked.down(carrier):
        yield Reason("carrier_down", carrier=carrier)


def _of_time(asked: Asked) -> Iterator[Reason]:
    age_s = asked.shipped_s if asked.shipped_s is not None else asked.registered_s
    if age_s is None or age_s < _FRESH_S:
        yield Reason("too_early")
    elif age_s > _RECYCLED_S:
        yield Reason("too_old")
    else:
        yield Reason("not_handed_over")


def _sure(read: Identification) -> str | None:
    first = read.candidates[0] if read.candidates else None
    return first.carrier if first is not None and first.probability >= _SURE else None


def look_alikes(number: str) -> list[str]:
    """Numbers that differ in what people mix up and that pass a check digit, most likely first."""
    found: dict[str, float] = {}
    for variant in dict.fromkeys([*_mistaken(number), *_swapped(number)]):
        best = next(iter(identify(variant).candidates), None)
        if best is not None and best.checksum == "passed":
            found[variant] = best.probability
    ranked = sorted(found, key=lambda one: (-found[one], one))
    return ranked[:MOST_PROPOSALS]


def _mistaken(number: str) -> Iterator[str]:
    """One character read as its look-alike."""
    for at, character in enumerate(number):
        for other in _LOOK_ALIKES.get(character, ""):
            yield number[:at] + other + number[at + 1 :]


def _swapped(number: str) -> Iterator[str]:
    """Two neighbours changed over."""
    for at in range(len(number) - 1):
        if number[at] != number[at + 1]:
            yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]
