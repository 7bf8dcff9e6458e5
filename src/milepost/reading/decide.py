"""From a normalised text to the one rule that decides what it says."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from milepost.domain.status import main_of

from .clauses import main_clause
from .composing import compose, of_a_page
from .languages import Languages
from .normalise import normalise
from .opinion import opinion, other_than_delivered
from .rulebook import FINAL, Compiled, Rule, Rulebook
from .rulefiles import load, load_carriers, vocabulary
from .speakers import own_hands
from .vetoes import LANGUAGES, vetoed

_RULES = load()
_BY_CARRIER = load_carriers()
_BOOK = Rulebook(_RULES)
_LANGUAGES = Languages(vocabulary())
_LATIN = re.compile(r"[a-z]")


@cache
def _carrier_book(carrier: str) -> Rulebook:
    return Rulebook(_BY_CARRIER[carrier])


def decide(text: str, carrier: str | None, code: str | None) -> Rule | None:
    """The rule that decides the normalised `text`, or None where none does."""
    rule = _decide(text, carrier if carrier in _BY_CARRIER else None, code)
    return own_hands(rule, text, carrier) if carrier else rule


# Digits are masked in a normalised text and no rule may tell them apart, so the cache is exact.
@lru_cache(maxsize=20_000)
def _decide(text: str, carrier: str | None, code: str | None) -> Rule | None:
    if carrier is not None:
        own = _first(_holding(_carrier_book(carrier), text), None)
        if own is not None:
            return own
    return _believed(by_rules(text, code), text)


def by_rules(text: str, code: str | None = None) -> Rule | None:
    """What rules and ideas say of the normalised `text`, without the second opinion."""
    clause = main_clause(text)
    rule = _by_rules(clause, code) if clause else None
    return rule if rule and main_of(rule.sub) != "unknown" else _by_rules(text, code)


def _by_rules(text: str, code: str | None) -> Rule | None:
    silent = _LANGUAGES.silent(text)
    best = _holding(_BOOK, text, silent)
    if not best and (wider := _LANGUAGES.wider(text, silent)) != silent:
        best = _holding(_BOOK, text, wider)
        if "en" not in silent and _LATIN.search(text):
            best = [item for item in best if main_of(item.rule.sub) not in FINAL]
    return _first(best, code) or _composed(text, silent)


def _composed(text: str, silent: frozenset[str]) -> Rule | None:
    rule = compose(text)
    if rule is None or not _vetoed(rule, text, LANGUAGES - silent):
        return rule
    return None


def _believed(rule: Rule | None, text: str) -> Rule | None:
    """The second opinion where there is no `rule`, and where it tells of a delivery against it."""
    if rule is None:
        return None if of_a_page(text) else opinion(text)
    if main_of(rule.sub) == "delivered":
        return other_than_delivered(text) or rule
    return rule


def _holding(book: Rulebook, text: str, silent: frozenset[str] = frozenset()) -> list[Compiled]:
    """The rules of the highest rank that hold; several only where they share that rank."""
    best: list[Compiled] = []
    for item in book.candidates(text):
        if best and item.rule.rank < best[0].rule.rank:
            break
        if item.language in silent or not item.holds(text):
            continue
        if not _vetoed(item.rule, text, LANGUAGES - silent | {item.language}):
            best.append(item)
    return best


def _vetoed(rule: Rule, text: str, languages: frozenset[str]) -> bool:
    main = main_of(rule.sub)
    return main in FINAL and any(vetoed(language, text, main) for language in languages)


def _first(best: list[Compiled], code: str | None) -> Rule | None:
    if not best:
        return None
    if code and len({main_of(item.rule.sub) for item in best}) > 1:
        hint = decide(normalise(code), None, None)
        wanted = main_of(hint.sub) if hint else None
        best = [item for item in best if main_of(item.rule.sub) == wanted] or best
    return best[0].rule
