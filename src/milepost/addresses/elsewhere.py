"""Addresses outside China: lines by commas, the postal code, the state, the city, the street."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from milepost.addresses.alike import one_slip
from milepost.addresses.lines import lines_of
from milepost.addresses.model import Address, Parts
from milepost.addresses.native import Scattered, japan, korea
from milepost.addresses.near_code import near_code
from milepost.addresses.normalise import clean
from milepost.addresses.postcodes import Format, cities_of, finder, formats, spelt, us_cities
from milepost.addresses.regions import is_city, key_of, region_names, region_of

_WITH_NUMBER = re.compile(
    r"\d|\b(?:p\.?\s?o\.?\s?box|postfach|packstation|apartado|caixa postal|poste restante)\b",
    re.IGNORECASE,
)
_STREET_WORD = re.compile(
    r"\b(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|way|ct|court|pl|place|hwy|sq|square|"
    r"rue|quai|allee|all[ée]e|chemin|via|viale|piazza|calle|avenida|av|rua|travessa|gracht|straat|laan)\b|"
    r"stra(?:ß|ss)e\b|str\.|gasse\b|platz\b|weg\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:apt|apartment|unit|suite|ste|flat|floor|fl|room|rm|bldg|building|#)\b\.?|\d{1,3}/f\b",
    re.IGNORECASE,
)
_CITY_WORD = re.compile(r"^(?:г\.|город|гор\.|thành phố|tp\.)\s*", re.IGNORECASE)
_NO_FORMAT = Format()


def scatter(address: Address, country: str) -> Scattered:
    """The parts of an address in a country whose ways we know, or at least of lines."""
    text = clean("\n".join(filter(None, (address.street, address.district, address.text))))
    found = Scattered(country=country, name=address.name)
    found.city, found.postal_code = clean(address.city), clean(address.postal_code)
    found.region_text = clean(address.region)
    if found.region_text:
        found.region = region_of(country, found.region_text)
    if country == "JP" and re.search("[\u3040-\u30ff都道府県市区町村]", text):
        return japan(found, text)
    if country == "KR" and re.search("[가-힣]{2}", text):
        return korea(found, text)
    lines = lines_of(text, country)
    _take_code(found, lines)
    _take_region(found, lines)
    _take_city(found, lines)
    _take_street(found, [line for line in lines if line])
    return found


def _take_code(found: Scattered, lines: list[str]) -> None:
    """The last code of the country's form; a number that begins the first line is a house's."""
    form = formats().get(found.country or "")
    if found.postal_code or form is None or not form.pattern:
        return
    for at in range(len(lines) - 1, -1, -1):
        hits = list(finder(found.country or "").finditer(lines[at]))
        hits = [
            hit for hit in hits
            if len(lines) == 1 or at > 0 or hit.start() > 0 or _is_town_first(hit, lines[at], form)
        ]  # fmt: skip
        hits = [hit for hit in hits if spelt(found.country or "", hit["code"]) is not None]
        if hits and not (at == 0 and len(lines) > 1 and _STREET_WORD.search(lines[0])):
            hit = hits[0] if form.before else hits[-1]
            found.postal_code = hit["code"]
            _cut(found, lines, at, hit)
            return
    if (near := near_code(found.country or "", lines)) is not None:
        found.postal_code = near[1][1]
        _cut(found, lines, *near)


def _is_town_first(hit: re.Match[str], line: str, form: Format) -> bool:
    """ "1010 Wien, Stephansplatz 1", or the code alone: no house in the first line."""
    after = line[hit.end() :]
    return not after or (form.before and not has_number(after) and not _STREET_WORD.search(after))


def _cut(found: Scattered, lines: list[str], at: int, hit: re.Match[str]) -> None:
    before, after = lines[at][: hit.start()].strip(" -"), lines[at][hit.end() :].strip(" -")
    form = formats()[found.country or ""]
    if form.before and after and before:
        lines[at : at + 1] = [before, after]
    else:
        lines[at] = f"{before} {after}".strip()
    if form.before and after and not found.city:
        found.city = _city_of_line(found, after)
        lines[lines.index(after) if after in lines else at] = ""


def _city_of_line(found: Scattered, line: str) -> str:
    """ "São Paulo - SP" has the state behind."""
    head, mark, tail = line.rpartition("-")
    if mark and (region := region_of(found.country or "", tail)) is not None:
        found.region = found.region or region
        return head.strip()
    return line


def _take_region(found: Scattered, lines: list[str]) -> None:
    """A state at the end of a line, by name or by its code in capitals."""
    if found.region is not None or not region_names(found.country or ""):
        return
    _take_wrong_region(found, lines, surely=True)
    if found.region_text:
        return
    for at in range(len(lines) - 1, -1, -1):
        words = _CITY_WORD.sub("", lines[at]).split()
        for size in range(min(4, len(words)), 0, -1):
            text = " ".join(words[-size:]).strip("-./ ")
            region = region_of(found.country or "", text)
            if region is None or (at == 0 and size == len(words) and len(lines) > 1):
                continue
            if len(text) <= 3 and not text.isupper() and found.region_text == "":
                continue
            found.region, found.region_text = region, text
            lines[at] = " ".join(words[:-size]).rstrip(" -")
            return
    _take_wrong_region(found, lines, surely=False)


def _take_wrong_region(found: Scattered, lines: list[str], *, surely: bool) -> None:
    """What stands where the state should, and is none: two capitals, or (not `surely`) a word that
    is one slip from a name.
    """
    country = found.country or ""
    if not formats().get(country, _NO_FORMAT).regions or found.region_text or not lines:
        return
    last = next((at for at in range(len(lines) - 1, 0, -1) if lines[at]), 0)
    head, _, word = lines[last].rpartition(" ")
    key = key_of(word)
    names = region_names(country)
    is_code = len(word) == 2 and word.isalpha() and word.isupper() and key not in names
    is_near = not surely and _is_near_region(country, key)
    # The town stands before it.
    if (is_code or is_near) and (head or last > 1) and key not in cities_of(country):
        found.region_text, lines[last] = word, head.rstrip(" -")


# The same last words come again and again.
@lru_cache(maxsize=4096)
def _is_near_region(country: str, key: str) -> bool:
    return any(len(one) > 3 and one_slip(key, one) for one in region_names(country))


def _take_city(found: Scattered, lines: list[str]) -> None:
    if found.city:
        return
    known = cities_of(found.country or "")
    filled = [at for at, line in enumerate(lines) if line]
    bare = {at: _CITY_WORD.sub("", lines[at]) for at in filled}
    towns = [
        at for at in reversed(filled) if at and bare[at] and not _WITH_NUMBER.search(lines[at])
    ]
    marked = [at for at in filled if bare[at] not in ("", lines[at]) and not has_number(lines[at])]
    # "Mumbai, Andheri West": what is known as a town rather than what merely stands last.
    listed = [at for at in towns if key_of(lines[at]) in known]
    for at in (*marked, *listed, *towns):
        found.city, lines[at] = bare[at], ""
        return
    if filled:
        _city_at_end(found, lines, filled[-1], known)
    if not found.city and found.region is not None and is_city(found.region):
        found.city = found.region_text


def _city_at_end(found: Scattered, lines: list[str], at: int, known: Collection[str]) -> None:
    """ "123 Main St New York": the longest known city at the end of the line."""
    words = lines[at].split()
    local = us_cities().get(found.postal_code[:5], ("", ()))[1] if found.country == "US" else ()
    whole = not _WITH_NUMBER.search(lines[at])  # nothing else is there: "New York, NY"
    for size in range(min(5, len(words) - (not whole)), 0, -1):
        key = key_of(" ".join(words[-size:]))
        if key in known or key in local:
            found.city, lines[at] = " ".join(words[-size:]), " ".join(words[:-size])
            return


def _take_street(found: Scattered, lines: list[str]) -> None:
    """The first line with a number or a road's word; lines before it name a person or firm."""
    at = next(
        (at for at, line in enumerate(lines) if not _UNIT.match(line)
         and (_WITH_NUMBER.search(line) or _STREET_WORD.search(line))),
        None,
    )  # fmt: skip
    if at is None:
        found.rest = ", ".join(lines)
        return
    found.street = lines[at]
    before = lines[:at]
    if before and not found.name and not _UNIT.match(before[0]):
        found.name = before.pop(0)
    found.rest = ", ".join([*before, *lines[at + 1 :]])


def parts_of(found: Scattered) -> Parts:
    """With codes of the region and the postal code in the country's spelling."""
    code = f"{found.country}-{found.region.code}" if found.region else None
    if found.country == "CN" and found.region:
        code = found.region.code.ljust(6, "0")
    return Parts(
        country=found.country or None,
        region=found.region.name if found.region else found.region_text or None,
        city=found.city or None,
        district=found.district or None,
        street=found.street or None,
        rest=found.rest or None,
        postal_code=spelt(found.country or "", found.postal_code) or found.postal_code or None,
        code=code,
        name=found.name or None,
    )


def has_number(street: str) -> bool:
    """Whether a house number or a post-office box stands there."""
    return _WITH_NUMBER.search(street) is not None
