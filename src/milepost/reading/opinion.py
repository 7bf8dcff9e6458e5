"""A second opinion by single words: where nothing else speaks, and against a false delivery.

A log-linear model over words, word pairs and character pieces, trained on our own sentences by
`scripts/train_reading.py`. It is asked where neither rules nor ideas say anything, and abstains
below `CONFIDENT`; and it is asked whether a text that a rule calls delivered tells of something
else. It never says anything final itself: that a parcel is delivered or returned.
"""

from __future__ import annotations

import math
import re
from base64 import b85decode
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from msgspec import Struct

from .rulebook import Rule

# What a text of each status is called where nothing more is known. None: never said.
SAYS: dict[str, str | None] = {
    "unknown": None,
    "info_received": "info_received.created",
    "picked_up": "picked_up",
    "in_transit": "in_transit.moving",
    "customs": "customs.processing",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "available_for_pickup",
    "delivered": None,
    "attempt_failed": "attempt_failed",
    "exception": "exception.general",
    "returning": "returning",
    "returned": None,
}
CONFIDENT = 0.5
# A delivery is not believed where the words speak so little for it and so surely for another event.
DOUBT, SURE = 0.2, 0.6
# So many of the words must be known: of goods, names and programs it knows too few to judge.
KNOWN = 0.6
# Half of all that is said stands in the first words; a long text would only cost time.
_LIMIT = 160
_STEM = 5
_WORD = re.compile(r"[a-z']+")
_RUN = re.compile(r"[^\x00-\x7f\s]+")


class Weights(Struct, frozen=True):
    """For each piece of text its signed weights, one a status, to be multiplied by `scale`."""

    scale: float
    bias: tuple[int, ...]
    pieces: dict[str, tuple[int, ...]]


def opinion(text: str) -> Rule | None:
    """What the words of the normalised `text` suggest, or None where they do not tell enough."""
    shares = _shares_if_familiar(text)
    return _said(shares) if max(shares.values(), default=0.0) >= CONFIDENT else None


def other_than_delivered(text: str) -> Rule | None:
    """The event that the normalised `text` surely tells instead of a delivery, or None."""
    shares = _shares_if_familiar(text)
    if shares.get("delivered", 1.0) >= DOUBT or max(shares.values()) < SURE:
        return None
    return _said(shares)


def _said(shares: dict[str, float]) -> Rule | None:
    sub = SAYS[max(shares, key=shares.__getitem__)]
    return Rule(f"words.{sub}", sub, 0, ()) if sub else None


def _shares_if_familiar(text: str) -> dict[str, float]:
    weights = _weights()
    return shares_of(text, weights) if _familiar(text, weights) else {}


def _familiar(text: str, weights: Weights) -> bool:
    words = [*_WORD.findall(text[:_LIMIT]), *"".join(_RUN.findall(text[:_LIMIT]))]
    return sum(word in weights.pieces for word in words) >= KNOWN * len(words)


def shares_of(text: str, weights: Weights) -> dict[str, float]:
    """How likely each main status is for the normalised `text`; empty where nothing is known."""
    found = [weights.pieces[piece] for piece in pieces(text) if piece in weights.pieces]
    if not found:
        return {}
    # Every piece that is known counts alike, so that a long text is no surer than a short one.
    share = weights.scale / math.sqrt(len(found))
    sums = [share * sum(column) for column in zip(*found, strict=True)]
    odds = [math.exp(a + weights.scale * b) for a, b in zip(sums, weights.bias, strict=True)]
    whole = sum(odds)
    return {main: one / whole for main, one in zip(SAYS, odds, strict=True)}


def pieces(text: str) -> set[str]:
    """What of a normalised text counts: words, their stems, pairs, and pieces of other scripts."""
    text = text[:_LIMIT]
    words = _WORD.findall(text)
    return {*_of_words(words), *_of_runs(_RUN.findall(text)), f"#{min(len(words), 8)}"}


def _of_words(words: list[str]) -> Iterator[str]:
    for word in words:
        yield word
        yield word[:_STEM] + "*"
    for one, other in zip(["^", *words], [*words, "$"], strict=True):
        yield f"{one} {other}"


def _of_runs(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        bounded = f"^{run}$"
        for size in (1, 2, 3):
            for at in range(len(bounded) - size + 1):
                yield bounded[at : at + size]


def warm() -> None:
    """Read the table of weights before the first text needs it: it takes a tenth of a second."""
    _weights()


@cache
def _weights() -> Weights:
    """The shipped table: a line a piece, its weights one byte a status, in the order of `SAYS`."""
    lines = (files(__package__) / "opinion.tsv").read_text("utf-8").splitlines()
    scale, bias = lines[0].split("\t")[1:]
    rows = (line.split("\t") for line in lines[1:])
    return Weights(float(scale), _signed(bias), {piece: _signed(coded) for piece, coded in rows})


def _signed(coded: str) -> tuple[int, ...]:
    return tuple(byte - 128 for byte in b85decode(coded))
