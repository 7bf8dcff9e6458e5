"""One spelling for every text, so that a rule need be written only once.

Lower case without accents, half-width, traditional Chinese as simplified, every digit `0`,
no space beside Chinese or Japanese, `camelCase`, `snake_case` and RUNTOGETHER codes as words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files

# A scan text is a sentence or two; what stands behind this is never an event.
LIMIT = 1_000

_DATA = tomllib.loads((files(__package__) / "characters.toml").read_text("utf-8"))


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(k): v for k, v in _DATA["spelling"].items()}
    pairs = "".join(_DATA["simplified"]["pairs"]).split()
    table.update({ord(pair[0]): pair[1] for pair in pairs})
    table.update(dict.fromkeys(range(0x300, 0x370)))
    table.update(dict.fromkeys([*range(0x200B, 0x2010), 0xFEFF, 0xAD]))
    return table


_TABLE = _table()
_DIGITS = str.maketrans("123456789", "000000000")
_IDENTIFIER = re.compile(r"[A-Za-z]+(?:[A-Z_.][A-Za-z_.]*)+")
_CODE_WORD = "|".join(sorted(_DATA["codes"]["words"].split(), key=len, reverse=True))
_RUN_TOGETHER = re.compile(rf"(?=[A-Z]{{7,40}}$)(?:{_CODE_WORD.upper()})+")
_CODE_WORDS = re.compile(_CODE_WORD.upper())
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.]+")
_SPACES = re.compile(r"[\s\x00-\x1f]+|(?<=[^\W\d_])-(?=[^\W\d_])|_")
_MISSPELT: dict[str, str] = _DATA["misspelt"]
_MISTAKE = re.compile(rf"\b(?:{'|'.join(_MISSPELT)})\b")
_CJK = "\u3000-\u30ff\u3400-\u9fff"
_CJK_SPACE = re.compile(rf" (?=[{_CJK}\[\](),:;])|(?<=[{_CJK}\[\](),:;]) ")
_HAS_CJK = re.compile(rf"[{_CJK}]")
_LATIN_WORDS = re.compile(r"[a-z]{2,}\W+[a-z]{2,}\W+[a-z]{2,}")
_SEAM = re.compile(rf"(?<=[a-z0])(?=[{_CJK}])|(?<=[{_CJK}])(?=[a-z])")


def fold(text: str) -> str:
    """Compatibility forms, accents and traditional characters folded; case is kept."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text).translate(_TABLE)
    return unicodedata.normalize("NFC", decomposed)


def normalise(text: str) -> str:
    """The one spelling of the first `LIMIT` characters of `text`."""
    text = fold(text[:LIMIT]).strip()
    if _IDENTIFIER.fullmatch(text) and not text.isupper():
        text = _HUMP.sub(" ", text)
    if _RUN_TOGETHER.fullmatch(text):
        text = " ".join(_CODE_WORDS.findall(text))
    text = _SPACES.sub(" ", text.casefold().translate(_DIGITS)).strip()
    text = _MISTAKE.sub(lambda match: _MISSPELT[match[0]], text)
    if not text.isascii() and _HAS_CJK.search(text):
        text = _CJK_SPACE.sub("", text)
        if _LATIN_WORDS.search(text):
            # An English sentence with a Chinese name in it: its words must keep their ends.
            text = _SEAM.sub(" ", text)
    return text
