"""What a sentence tells is in its main clause.

"The status will be updated once the parcel is out for delivery": it is not. What only says when
something else will happen is left out, where the rest of the sentence tells an event by itself.
"""

from __future__ import annotations

import re

# Words that begin such a clause and mean nothing else in any other language written so.
_TIMES = (
    r"once|as soon as|when(?= (?:the|your|it|we|you|they|this|our)\b)|sobald|des que|lorsque"
    r"|una vez que|en cuanto|assim que|non appena|zodra|gdy tylko"
)
_CLAUSE = re.compile(rf"(?:\band (?:will|may) \w+ )?\b(?:{_TIMES})\b[^.,;!]*[,]?")
_LEAST_WORDS = 3


def main_clause(text: str) -> str | None:
    """The normalised `text` without what is yet to come, or None where it has no such part."""
    if not _CLAUSE.search(text):
        return None
    rest = " ".join(_CLAUSE.sub(" ", text).split())
    return rest if rest.count(" ") + 1 >= _LEAST_WORDS else None
