"""One spelling for every text, so that a rule need be written only once.

Lower case without accents, half-width, traditional Chinese as simplified, every digit `0`,
no space beside Chinese or Japanese, `camelCase`, `snake_case` and RUNTOGETHER codes as words,
markup and what else stands round a text left out.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files

from .markup import bare, unmarked

# A scan text is a sentence or two; what stands behind this is never an event.
LIMIT = 1_000

_DATA = tomllib.loads((files(__package__) / "characters.toml").read_text("utf-8"))

_SIMPLIFIED = {ord(pair[0]): pair[1] for pair in "".join(_DATA["simplified"]["pairs"]).split()}


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(k): v for k, v in _DATA["spelling"].items()}
    table.update(_SIMPLIFIED)
    table.update(dict.fromkeys(range(0x300, 0x370)))
    table.update(dict.fromkeys([*range(0x200B, 0x2010), 0xFEFF, 0xAD]))
    return table


def _one_for_one() -> dict[int, str]:
    """Characters that another of the same meaning stands for, so that no place moves."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table.update(dict.fromkeys(map(ord, "\u00a0\u3000\u2002\u2003\u2009\u202f"), " "))
    table.update(dict.fromkeys(map(ord, "–—‐‑−"), "-"))
    table.update(zip(map(ord, "〖〗『』〔〕「」"), "【】【】【】【】", strict=True))
    table.update(_SIMPLIFIED)
    return table


_TABLE = _table()
_ONE_FOR_ONE = _one_for_one()
_DIGITS = str.maketrans("123456789", "000000000")
# How the first bytes of a letter outside ASCII look where each was taken for a letter.
_MISREAD = re.compile(r"[\u00c2-\u00ef][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]")
# The one word of a text: round it stand at most digits and signs.
_LONE_WORD = re.compile(r"([\W\d_]*)([A-Za-z][A-Za-z_.]*)([\W\d_]*)")
_IDENTIFIER = re.compile(r"[A-Za-z]+(?:[A-Z_.][A-Za-z_.]*)+")
_CODE_WORD = "|".join(sorted(_DATA["codes"]["words"].split(), key=len, reverse=True))
_RUN_TOGETHER = re.compile(rf"(?=[A-Z]{{7,40}}$)(?:{_CODE_WORD.upper()})+")
_CODE_WORDS = re.compile(_CODE_WORD.upper())
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.]+")
_SPACES = re.compile(r"[\s\x00-\x1f]+|(?<=[^\W\d_])-(?=[^\W\d_])|_")
_MISSPELT: dict[str, str] = _DATA["misspelt"]
_MISTAKE = re.compile(rf"\b(?:{'|'.join(_MISSPELT)})\b")
_WRITTEN_OUT: dict[str, str] = _DATA["written_out"]
_DIGRAPH = re.compile(r"[aou]e[bcdfghklmnprsx]")
_UMLAUT = re.compile("|".join(_WRITTEN_OUT))
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


def respelt(text: str) -> str:
    """The text in one spelling of width, dashes, brackets and Chinese characters; every character
    keeps its place.
    """
    return text if text.isascii() else text.translate(_ONE_FOR_ONE)


def simplified(pattern: str) -> str:
    """A regular expression for respelt texts: its Chinese characters simplified, the rest kept."""
    return pattern.translate(_SIMPLIFIED)


def mended(text: str) -> str:
    """The text that was UTF-8 and was read as Latin-1 or Windows-1252 on its way, as it was."""
    if not _MISREAD.search(text):
        return text
    for codec in ("latin-1", "cp1252"):
        try:
            return text.encode(codec).decode()
        except UnicodeError:
            continue
    return text


def _as_words(word: str) -> str:
    if _IDENTIFIER.fullmatch(word) and not word.isupper():
        word = _HUMP.sub(" ", word)
    if _RUN_TOGETHER.fullmatch(word):
        word = " ".join(_CODE_WORDS.findall(word))
    return word


def normalise(text: str) -> str:
    """The one spelling of the first `LIMIT` characters of `text`."""
    text = bare(fold(unmarked(mended(text[:LIMIT]))[0]))
    if lone := _LONE_WORD.fullmatch(text):
        text = lone[1] + _as_words(lone[2]) + lone[3]
    text = _SPACES.sub(" ", text.casefold().translate(_DIGITS)).strip()
    text = _MISTAKE.sub(lambda match: _MISSPELT[match[0]], text)
    if _DIGRAPH.search(text):
        text = _UMLAUT.sub(lambda match: _WRITTEN_OUT[match[0]], text)
    if not text.isascii() and _HAS_CJK.search(text):
        text = _CJK_SPACE.sub("", text)
        if _LATIN_WORDS.search(text):
            # An English sentence with a Chinese name in it: its words must keep their ends.
            text = _SEAM.sub(" ", text)
    return text
