"""Which languages' rules may speak about a text.

Words that look alike mean different things ("collect", "vol", "si"), so a text in Latin letters
is given only to the languages whose words it uses. What those words are is learnt from the
examples in the rule files themselves and from their `[language] words`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from .normalise import normalise

_WORD = re.compile(r"[a-z]{2,}")
# Japanese by its kana, or by words that no Chinese text has.
_JAPANESE = re.compile(r"[\u3040-\u30fa]|完了|到着|集荷|荷受|引受|持戻|投函|受付|中継|営业")
_BRIEF = 4
# So many words of its own tell a language.
_SURE = 1.5


class Languages:
    """Word knowledge of the languages in Latin letters; all other scripts tell themselves apart."""

    def __init__(self, vocabulary: Mapping[str, Iterable[str]]) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        for language, texts in vocabulary.items():
            for text in texts:
                for word in _WORD.findall(normalise(text)):
                    owners[word].add(language)
        self._weights = {
            word: [(language, 1 / len(languages)) for language in sorted(languages)]
            for word, languages in owners.items()
        }
        self._latin = {language for languages in owners.values() for language in languages}
        self._latin -= {"zh", "ja", "ko", "ru"}

    def _scores(self, text: str) -> dict[str, float]:
        """How many words of the text are each language's own; a shared word counts in parts."""
        scores: dict[str, float] = defaultdict(float)
        for word in set(_WORD.findall(text)):
            for language, weight in self._weights.get(word, ()):
                scores[language] += weight
        return scores

    def told(self, text: str) -> bool:
        """Whether the words tell the language, so that no other one need be asked."""
        ranked = sorted(self._scores(text).values(), reverse=True)
        return bool(ranked) and ranked[0] >= _SURE and ranked[0] >= 2 * sum(ranked[1:2])

    def silent(self, text: str) -> frozenset[str]:
        """The languages that must not be asked about the normalised `text`."""
        muted = {"zh" if not text.isascii() and _JAPANESE.search(text) else "ja"}
        scores = self._scores(text)
        best = max(scores.values(), default=0.0)
        if best:
            muted |= {name for name in self._latin if scores.get(name, 0.0) < 0.75 * best}
        return frozenset(muted)

    def wider(self, text: str, silent: frozenset[str]) -> frozenset[str]:
        """Whom not to ask where no rule of the text's own languages decides.

        English is every carrier's second language, and a few words do not tell a language; only
        a brief text is therefore asked again, so that no sentence is read by a stranger.
        """
        asked_again = {"ja"} if "zh" not in silent else set()
        if len(_WORD.findall(text)) <= _BRIEF and not self.told(text):
            asked_again |= self._latin
        return silent - asked_again
