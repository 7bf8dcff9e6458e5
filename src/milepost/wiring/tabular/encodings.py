"""In which characters a file is written: told by its mark, else by what its first line says."""

from __future__ import annotations

import re

from milepost.wiring.tabular.meanings import meaning_of

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# What spreadsheets write where they are not told to write UTF-8, by region.
_OF_REGIONS = ("gb18030", "cp1252", "big5", "cp932", "cp949", "cp1251", "cp874", "cp1256", "cp1258",
               "cp1250")  # fmt: skip
_BETWEEN = re.compile('[,;\t|\r\n"]+')
_HEAD = 4_096


def decoded(data: bytes) -> str:
    """The text of a file; never raises."""
    if data[:2] in _MARKS:  # what Excel calls Unicode text
        return data.decode(_MARKS[data[:2]], "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    fitting = [text for one in _OF_REGIONS if (text := _read(data, one)) is not None]
    usual = "gb18030" if _in_pairs(data) else "cp1252"
    best = max(fitting, key=_understood, default="")
    if best and _understood(best) > _understood(_read(data, usual) or ""):
        return best
    return data.decode(usual, "replace")


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _understood(text: str) -> int:
    """How many of the first line's names mean something to us."""
    first = text[:_HEAD].partition("\n")[0]
    return sum(
        bool(meaning_of(name) or meaning_of(name, "consignee")) for name in _BETWEEN.split(first)
    )


def _in_pairs(data: bytes) -> bool:
    """Whether letters beyond ASCII stand together, as they do in Chinese; umlauts stand alone."""
    runs = re.findall(rb"[\x80-\xff]+", data[: 16 * _HEAD])
    return sum(len(one) > 1 for one in runs) * 2 > len(runs)
