"""The Production and Construction Corps of Xinjiang: its divisions (师) stand for the cities that
they rule. 兵团第八师151团 lies in 石河子市, whether the city is written or not.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_CORPS = re.compile(
    r"(?:新疆(?:维吾尔自治区)?\s*)?(?:新疆)?(?:生产建设)?兵团\s*(?:第?(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2})师)?"
    r"(?:\s*(?P<city>[\u4e00-\u9fff]{2,4}市))?"
)
_DIGITS = (
    "",
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
)


def without_corps(text: str) -> str:
    """The text with the region, and the city that is written or that the division rules."""
    if "兵团" not in text or (found := _CORPS.search(text)) is None:
        return text
    number = found["number"] or ""
    if number.isdigit():
        number = _DIGITS[int(number)] if int(number) < len(_DIGITS) else ""
    city = found["city"] or _cities().get(number, "")
    head = text[: found.start()].removesuffix("新疆维吾尔自治区").removesuffix("新疆")
    return f"{head}新疆维吾尔自治区{city}{text[found.end() :]}"


@cache
def _cities() -> dict[str, str]:
    lines = (files(__package__) / "data" / "corps.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
