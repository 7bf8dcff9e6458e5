"""Random numbers of a format, with the check digit that its rule asks for."""

from __future__ import annotations

import random

from milepost.identify import grammar
from milepost.identify.check import fits
from milepost.identify.model import Format
from milepost.identify.patterns import parse


def sample(one: Format, source: random.Random) -> str:
    """A number of the format: patterns by share, characters uniformly, check digit by trial."""
    shares = [pattern.share for pattern in one.patterns]
    regex = source.choices(one.patterns, shares)[0].regex
    while True:
        number = _draw(parse(regex), source)
        if fits(one, number):
            return number


def _draw(node: grammar.Node, source: random.Random) -> str:
    match node:
        case grammar.Chars(members):
            return source.choice(members)
        case grammar.Group(_, inner):
            return _draw(inner, source)
        case grammar.Choice(options):
            return _draw(source.choice(options), source)
        case grammar.Sequence(parts):
            return "".join(_draw(part, source) for part in parts)
        case grammar.Repeat(inner, least, most):
            return "".join(_draw(inner, source) for _ in range(source.randint(least, most)))
