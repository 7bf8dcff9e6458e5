"""Names of carriers as readers of traditional characters write them."""

from __future__ import annotations

# The characters of carriers' own names; they have one traditional form each.
_TRADITIONAL = str.maketrans(
    "万专东丰云亚国圆极玛联输达运递邮韩韵顺鸟际风华汇",
    "萬專東豐雲亞國圓極瑪聯輸達運遞郵韓韻順鳥際風華匯",
)


def carrier_in_han(name: str, locale: str) -> str:
    """A carrier's Chinese name in the script of `locale` (`zh` or `zh-Hant`)."""
    return name.translate(_TRADITIONAL) if locale == "zh-Hant" else name
