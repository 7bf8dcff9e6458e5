"""What is none of a scan text's own: markup, runs of space, quotation marks, a bullet, a clock.

Each step keeps count of where a character stood, so that what is found can be shown in the text
as it came.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_TAG = (
    r"</?(?:a|b|big|br|center|code|div|em|font|h[1-6]|i|img|li|ol|p|small|span|strong|sub|sup"
    r"|table|tbody|td|th|tr|u|ul)\b[^<>]{0,200}>"
)
_HIDDEN = "\u200b-\u200f\ufeff\u00ad"
_MARK = re.compile(
    rf"{_TAG}|\s[\s{_HIDDEN}]+|[{_HIDDEN}]+\s*"
    r"|&(?:amp;){0,2}(?:#\d{2,7}|#[xX][\da-fA-F]{2,6}|[A-Za-z]\w{1,20});"
)
_MARKED = re.compile(rf"[<&{_HIDDEN}]|\s\s")
_CLOCK = (
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:[T ,]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?"
)
_FRONT = re.compile(rf"(?:[\s•·●▪►»]+|[–—-]\s|{_CLOCK}(?!\d)[\s,;|]*)+(?=\S)")
_AT = r"\d{1,2}:\d{2}(?::\d{2})?"
_BACK = re.compile(
    r"[,，。;；\s]*(?:感谢|感謝)[您你]?(?:使用|选择|選擇)[^\n]{2,80}$"
    r"|[(（,，;；\s]+(?:如有(?:疑问|问题)请?)?(?:联系|客服|投诉|服务|网点|咨询)?(?:电话|热线)\s?[:：]?"
    r"[\d/, -]{5,30}[)）]?[.。!！]?$"
    rf"|[\s,;]*[(\[]?(?<!\d)\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}[T ,]+{_AT}[)\]]?$"
    r"|(?<=[^\s.!。！])[.!。！]$"
)
# What is quick to see: only where one of these stands is it worth to look closer.
_OPENING, _STARTS = frozenset("\"'“«"), frozenset("0123456789•·●▪►»–—-")
_MAY_END = re.compile(r"[\d)）\].!。！]$|[感谢謝]")
# A time behind one of these is part of the sentence.
_LEADS_TO_TIME = re.compile(
    r"(?:\b(?:on|at|by|for|until|till|from|to|since|before|after|um|am|bis|le|au|el|al|alle|il|op"
    r"|em|kl|date|time|eta|expected|estimated|scheduled|planned)|[:：=于至为在前到间期|-])\s*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""(["'“«])(.*[^"'”»])["'”»]""", re.DOTALL)


def unmarked(text: str) -> tuple[str, list[int] | None]:
    """The text with HTML entities resolved, tags and runs of space as one, and where each of its
    characters and its end stood in `text`; None for the places where nothing was changed.
    """
    if not _MARKED.search(text):
        return text, None
    pieces = list(_pieces(text))
    origins = [at for _, starts in pieces for at in starts]
    return "".join(piece for piece, _ in pieces), [*origins, len(text)]


def _pieces(text: str) -> Iterator[tuple[str, list[int]]]:
    done = 0
    for match in _MARK.finditer(text):
        yield text[done : match.start()], list(range(done, match.start()))
        shown = _shown(match[0])
        yield shown, [match.start()] * len(shown)
        done = match.end()
    yield text[done:], list(range(done, len(text)))


def _shown(mark: str) -> str:
    if mark[0] == "&":
        return html.unescape(html.unescape(mark))
    if "\n" in mark:
        return "\n"
    return " " if mark[0] == "<" or any(char.isspace() for char in mark) else ""


def bare(text: str) -> str:
    """The text without a time or a bullet in front, without a time, a hot line, thanks or a full
    stop behind, and without the quotation marks that hold all of it.
    """
    text = _without_back(text.strip())
    if text[:1] in _OPENING and (quoted := _QUOTED.fullmatch(text)) and quoted[1] not in quoted[2]:
        text = quoted[2].strip()
    if text[:1] in _STARTS and (front := _FRONT.match(text)):
        text = text[front.end() :]
    return text


def _without_back(text: str) -> str:
    while _MAY_END.search(text) and (back := _BACK.search(text)) and back.start() > 1:
        if _LEADS_TO_TIME.search(text[: back.start()]):
            break
        text = text[: back.start()].rstrip()
    return text
