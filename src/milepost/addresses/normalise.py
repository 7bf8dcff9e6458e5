"""One spelling for a typed address: width, blanks, invisible characters, labels."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"[ \t\u3000\xa0]+")
_HAN = re.compile("[\u3400-\u9fff]")
# UTF-8 that was read as Latin letters: what leads a character, then what can only follow one.
_FOLLOWS = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_DAMAGED = re.compile(
    f"\ufffd|\\?{{3,}}|[ÃÐÑ]{_FOLLOWS}|Â[\u0080-\u00bf]|[ãäåæçèéì]{_FOLLOWS}{{2}}|锟斤拷|烫烫"
)
_PLACEHOLDER = re.compile(
    r"(?:测试|test(?:ing)?|asdf\w*|qwer\w*|xx+|无|没有|不知道|同上|暂无|未知|null|none|n/?a|undefined|address|"
    r"地址|收货地址|请填写.*|abc|aaa+|tbd|unknown|-+|\.+|\?+|(?:测试|test)\s*(?:地址|订单|address|order|\d+)|123+4*5*)",
    re.IGNORECASE,
)
_SOME = re.compile("某某|[x×＊*]{2}[省市区]", re.IGNORECASE)
_SAME = re.compile(r"(.)\1{3,}")


def clean(text: str) -> str:
    """The text in one width, lines kept apart, without characters that nobody sees."""
    if not text:
        return ""
    text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _BLANKS.sub(" ", text.replace("\r", "\n")).strip(" \n,;，；。")


def simplified(text: str) -> str:
    """Chinese in simplified characters: those that occur in places and addresses."""
    return text.translate(_simplifying())


@cache
def _simplifying() -> dict[int, int]:
    lines = (files(__package__) / "data" / "traditional.txt").read_text("utf-8").split()
    return str.maketrans(*lines)


def has_han(text: str) -> bool:
    """Whether there are Chinese characters."""
    return _HAN.search(text) is not None


def is_damaged(text: str) -> bool:
    """Whether an encoding went wrong on the way."""
    return _DAMAGED.search(text) is not None


def is_placeholder(text: str) -> bool:
    """Whether somebody typed anything only to get past the form."""
    bare = text.strip(" ,.;:!?-_*#/\n")
    if _PLACEHOLDER.fullmatch(bare) or _SAME.fullmatch(bare) or _SOME.search(bare):
        return True
    words = bare.split()
    if not words:
        return bool(text)
    return len(words) > 1 and all(_PLACEHOLDER.fullmatch(word) for word in words)
