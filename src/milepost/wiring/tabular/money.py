"""Amounts as people write them, in the smallest unit of their currency."""

from __future__ import annotations

import re

from babel.numbers import get_currency_precision

# Signs that stand for one currency only; ¥ and $ are of several.
_SIGNS = {"€": "EUR", "£": "GBP", "₩": "KRW", "₫": "VND", "฿": "THB", "₽": "RUB", "US$": "USD",
          "R$": "BRL", "CN¥": "CNY", "元": "CNY", "RMB": "CNY", "人民币": "CNY"}  # fmt: skip
_AMOUNT = re.compile(r"\d[\d.,' \u00a0\u202f]*")


def minor_of(text: str, currency: str) -> tuple[int, str]:
    """(amount, ISO 4217 code) of `1.234,50 €`, `US$12.5`, `99`. Raises ValueError where the amount
    or its currency is not certain.
    """
    found = _AMOUNT.search(text)
    if not found:
        raise ValueError(f"'{text}' is no amount")
    around = (text[: found.start()] + text[found.end() :]).strip()
    code = (currency or _SIGNS.get(around.upper(), around)).strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"'{text}': of which currency? Add a column 'currency'")
    digits = get_currency_precision(code)
    return round(_number(found[0].strip(), digits) * 10**digits), code


def _number(text: str, digits: int) -> float:
    plain = re.sub(r"[' \u00a0\u202f]", "", text)
    last = max(plain.rfind(","), plain.rfind("."))
    if last < 0:
        return float(plain)
    mark, behind = plain[last], len(plain) - last - 1
    groups = plain.count(mark) > 1 or (behind == 3 and digits != 3)
    if groups and len({one for one in plain if one in ",."}) == 1:
        if behind != 3:
            raise ValueError(f"'{text}' is no amount")
        if plain.count(mark) == 1 and mark == ".":
            raise ValueError(f"'{text}' could be two amounts: write it without grouping")
        return float(plain.replace(mark, ""))
    whole = plain[:last].replace(",", "").replace(".", "")
    return float(f"{whole or 0}.{plain[last + 1 :] or 0}")
