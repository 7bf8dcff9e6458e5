"""Addresses in the writing of Japan and Korea, the largest part first."""

from __future__ import annotations

import re

from msgspec import Struct

from milepost.addresses.postcodes import finder
from milepost.addresses.regions import Region, region_of

_JAPAN = re.compile(
    r"(?P<region>東京都|北海道|(?:京都|大阪)府|.{2,3}県)?\s*(?P<city>[^\d\s]+?(?:市|郡[^\d\s]+?[町村]|区|町|村))?\s*(?P<rest>.*)"
)
_JAPAN_CODE = re.compile(r"〒\s*([\d-]+)")
_KOREA = re.compile(
    r"(?P<city>[가-힣]{1,5}[시군구])?\s*(?P<district>[가-힣]{1,5}[구군](?=\s))?\s*(?P<rest>.*)",
    re.DOTALL,
)
_LONGEST = 7  # 제주특별자치도
# Cities that are provinces of their own; below them districts come next.
_METROPOLES = frozenset({"11", "26", "27", "28", "29", "30", "31", "50"})


class Scattered(Struct):
    """Parts as they are found, still as written."""

    country: str | None = None
    region: Region | None = None
    region_text: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    rest: str = ""
    postal_code: str = ""
    name: str = ""


def japan(found: Scattered, text: str) -> Scattered:
    """Prefecture, city or ward, and the rest."""
    text = _without_code(found, re.sub(r"^日本国?[,、\s]*", "", text), "JP")
    if not found.postal_code and (wrong := _JAPAN_CODE.search(text)):
        found.postal_code = wrong[1]
        text = f"{text[: wrong.start()]} {text[wrong.end() :]}"
    split = _JAPAN.match(text.strip(" 〒,、"))
    assert split is not None
    if split["region"] and found.region is None:
        found.region_text = split["region"]
        found.region = region_of("JP", split["region"])
    found.city = found.city or (split["city"] or "").strip()
    found.street = split["rest"].strip()
    return found


def korea(found: Scattered, text: str) -> Scattered:
    """Province or metropolis, city or district, and the rest."""
    text = re.sub(r"^\(?(?:우\)?|대한민국)[,\s]*", "", text).strip()
    text = _without_code(found, text, "KR").strip(" ,")
    if found.region is None:
        size = next((n for n in range(_LONGEST, 1, -1) if region_of("KR", text[:n])), 0)
        found.region_text, text = text[:size].strip(), text[size:].strip(" ,")
        found.region = region_of("KR", found.region_text)
    split = _KOREA.match(text)
    assert split is not None
    city, district = split["city"] or "", split["district"] or ""
    if found.region is not None and found.region.code in _METROPOLES:
        city, district = found.region_text or found.region.name, city or district
    found.city = found.city or city
    found.district = district
    found.street, _, rest = split["rest"].strip(" ,").partition(",")
    found.rest = rest.strip()
    return found


def _without_code(found: Scattered, text: str, country: str) -> str:
    if found.postal_code:
        return text
    codes = list(finder(country).finditer(text))
    if not codes:
        return text
    code = codes[0] if codes[0].start() < 3 else codes[-1]  # a house may have as many digits
    found.postal_code = code["code"]
    return f"{text[: code.start()]} {text[code.end() :]}".strip()
