"""What a text says by the ideas in it, asked only where no rule speaks.

A rule knows one wording. Here each language lists the stems of some forty ideas (arrive, return,
not, will be), and `compose.toml` says which ideas together are which status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from milepost.domain.status import main_of

from .languages import Languages
from .lexicon import COMPOSITIONS, LEXICONS, Composition, Lexicon
from .rulebook import FINAL, Rule, Rulebook
from .rulefiles import vocabulary


def _words() -> dict[str, list[str]]:
    """What tells a language here: of the rules' languages, and of those that have only stems."""
    known = vocabulary()
    return known | {
        item.language: [*known.get(item.language, ()), item.words]
        for item in LEXICONS
        if item.words
    }


_LANGUAGES = Languages(_words())
_BOOK = Rulebook([rule for lexicon in LEXICONS for rule in lexicon.rules()])
# A longer text tells its language; what another one finds in it is chance.
_BRIEF = 8


def compose(text: str) -> Rule | None:
    """What the ideas in the normalised `text` say together, or None.

    Languages that are not the text's own are asked only about a brief text on which its own say
    nothing, all together, and never about a final status.
    """
    silent = _LANGUAGES.silent(text)
    if of_a_page(text, silent):
        return None
    own = [item for item in LEXICONS if item.letters.search(text) and not _page(item, text)]
    if not own:
        return None
    ideas = _ideas(text, {item.language for item in own})
    found = _agreed(ideas, [item.language for item in own if item.language not in silent])
    if found is None and text.count(" ") < _BRIEF and not _LANGUAGES.told(text):
        found = _agreed(ideas, [item.language for item in own if item.language in silent])
        if found is not None and main_of(found.sub) in FINAL:
            return None
    return found


def of_a_page(text: str, silent: frozenset[str] | None = None) -> bool:
    """Whether the normalised `text` is a web page's in a language that may be its own."""
    silent = _LANGUAGES.silent(text) if silent is None else silent
    own = [item for item in LEXICONS if item.letters.search(text)]
    pages = [item for item in own if _page(item, text)]
    if text.isascii():
        # Languages in Latin letters read one another's headings as events.
        return any(item.language not in silent for item in pages)
    return bool(own) and len(pages) == len(own)


def _ideas(text: str, languages: set[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for item in _BOOK.candidates(text):
        if item.language in languages and item.holds(text):
            found[item.language].add(item.rule.name.partition(".")[2])
    return {language: frozenset(ideas) for language, ideas in found.items()}


def _agreed(ideas: Mapping[str, frozenset[str]], asked: list[str]) -> Rule | None:
    answers = [
        (language, answer)
        for language in asked
        if language in ideas and (answer := _answer(ideas[language]))
    ]
    if len({main_of(answer.sub) for _, answer in answers}) != 1:
        return None
    language, answer = answers[0]
    return Rule(f"{language}.{answer.sub}.composed", answer.sub, 0, ())


def _answer(ideas: frozenset[str]) -> Composition | None:
    return next((item for item in COMPOSITIONS if item.holds(ideas)), None)


def _page(lexicon: Lexicon, text: str) -> bool:
    """Whether the text is of a web page rather than of a parcel."""
    return bool(lexicon.page and lexicon.page.search(text))
