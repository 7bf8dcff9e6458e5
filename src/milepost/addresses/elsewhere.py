"""Addresses outside China: lines by commas, the postal code, the state, the city, the street."""

from __future__ import annotations

import re

from msgspec import Struct

from milepost.addresses.model import Address, Parts
from milepost.addresses.normalise import clean
from milepost.addresses.postcodes import cities_of, finder, formats, spelt, us_cities
from milepost.addresses.regions import Region, country_of, key_of, region_names, region_of

_LINES = re.compile(r"\s*[,;\n|，；]\s*")
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
_JAPAN = re.compile(
    r"(?P<region>東京都|北海道|(?:京都|大阪)府|.{2,3}県)?\s*(?P<city>[^\d\s]+?(?:市|郡[^\d\s]+?[町村]|区|町|村))?\s*(?P<rest>.*)"
)


_NO_DIGITS = re.compile(r"[\d\-]+")


class Scattered(Struct):
    """Parts as they are found, still as written."""

    country: str | None = None
    region: Region | None = None
    region_text: str = ""
    city: str = ""
    street: str = ""
    rest: str = ""
    postal_code: str = ""
    name: str = ""


def guess_country(text: str) -> str | None:
    """The country named at the end, else what the form of code and state leaves no doubt of."""
    lines = [line for line in _LINES.split(text) if line]
    if not lines:
        return None
    # "CA" and "DE" at the end are states of America as well as countries.
    is_state = len(lines[-1]) == 2 and region_of("US", lines[-1]) is not None
    if len(lines) > 1 and not is_state and (named := country_of(lines[-1])) is not None:
        return named
    for word in (lines[-1].rpartition(" ")[2], _NO_DIGITS.sub(" ", lines[-1]).strip()):
        if len(word) > 3 and (named := country_of(word)) is not None:
            return named
    for country in ("CA", "GB", "US", "BR", "NL"):
        found = list(finder(country).finditer(text))
        if found and (country in ("CA", "GB") or _state_beside(country, text, found[-1])):
            return country
    return None


def _state_beside(country: str, text: str, found: re.Match[str]) -> bool:
    if country == "NL":
        return found["code"].upper()[-2:].isalpha() and key_of(text[found.end() :]) in cities_of(
            "NL"
        )
    words = re.findall(r"[A-Za-zÀ-ÿ]+", text[: found.start()])
    return bool(words) and region_of(country, words[-1]) is not None and words[-1].isupper()


def scatter(address: Address, country: str) -> Scattered:
    """The parts of an address in a country whose ways we know, or at least of lines."""
    text = clean("\n".join(filter(None, (address.street, address.district, address.text))))
    found = Scattered(country=country, name=address.name)
    found.city, found.postal_code = clean(address.city), clean(address.postal_code)
    found.region_text = clean(address.region)
    if found.region_text:
        found.region = region_of(country, found.region_text)
    if country == "JP" and re.search("[\u3040-\u30ff都道府県市区町村]", text):
        return _japan(found, text)
    lines = [line for line in _LINES.split(text) if line]
    if (
        len(lines) > 1
        and country_of(lines[-1]) == country
        and region_of(country, lines[-1]) is None
    ):
        lines.pop()
    lines = _without_country_word(lines, country)
    _take_code(found, lines)
    _take_region(found, lines)
    _take_city(found, lines)
    _take_street(found, [line for line in lines if line])
    return found


def _without_country_word(lines: list[str], country: str) -> list[str]:
    """ "… NY 10001 USA", "China 518000": the country may stand beside the code in the last line."""
    if not lines:
        return lines
    words = lines[-1].split()
    left = [word for word in words if len(word) < 3 or country_of(word) != country]
    if country == "SG":  # the state is the city
        left = [word for word in words if not word.isalpha() or country_of(word) != country]
    return [*lines[:-1], " ".join(left)] if left else lines[:-1]


def _take_code(found: Scattered, lines: list[str]) -> None:
    """The last code of the country's form; a number that begins the first line is a house's."""
    form = formats().get(found.country or "")
    if found.postal_code or form is None or not form.pattern:
        return
    for at in range(len(lines) - 1, -1, -1):
        hits = list(finder(found.country or "").finditer(lines[at]))
        hits = [hit for hit in hits if len(lines) == 1 or at > 0 or hit.start() > 0]
        hits = [hit for hit in hits if spelt(found.country or "", hit["code"]) is not None]
        if hits and not (at == 0 and len(lines) > 1 and _STREET_WORD.search(lines[0])):
            hit = hits[0] if form.before else hits[-1]
            found.postal_code = hit["code"]
            _cut(found, lines, at, hit)
            return


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
    for at in range(len(lines) - 1, -1, -1):
        words = lines[at].split()
        for size in range(min(4, len(words)), 0, -1):
            text = " ".join(words[-size:]).strip("-./ ")
            region = region_of(found.country or "", text)
            if region is None or (at == 0 and size == len(words)):
                continue
            if len(text) <= 3 and not text.isupper() and found.region_text == "":
                continue
            found.region, found.region_text = region, text
            lines[at] = " ".join(words[:-size]).rstrip(" -")
            return


def _take_city(found: Scattered, lines: list[str]) -> None:
    if found.city:
        return
    known = cities_of(found.country or "")
    filled = [at for at, line in enumerate(lines) if line]
    for at in reversed(filled):
        if at and not _WITH_NUMBER.search(lines[at]):
            found.city, lines[at] = lines[at], ""
            return
    if filled:
        _city_at_end(found, lines, filled[-1], known)


def _city_at_end(
    found: Scattered, lines: list[str], at: int, known: dict[str, tuple[tuple[str, int], ...]]
) -> None:
    """ "123 Main St New York": the longest known city at the end of the line."""
    words = lines[at].split()
    local = us_cities().get(found.postal_code[:5], ("", ()))[1] if found.country == "US" else ()
    for size in range(min(5, len(words) - 1), 0, -1):
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


def _japan(found: Scattered, text: str) -> Scattered:
    text = re.sub(r"^日本国?[,、\s]*", "", text)
    if not found.postal_code and (code := finder("JP").search(text)):
        found.postal_code = code["code"]
        text = f"{text[: code.start()]} {text[code.end() :]}"
    split = _JAPAN.match(text.strip(" 〒,、"))
    assert split is not None
    if split["region"] and found.region is None:
        found.region_text = split["region"]
        found.region = region_of("JP", split["region"])
    found.city = found.city or (split["city"] or "").strip()
    found.street = split["rest"].strip()
    return found


def parts_of(found: Scattered) -> Parts:
    """With codes of the region and the postal code in the country's spelling."""
    code = f"{found.country}-{found.region.code}" if found.region else None
    if found.country == "CN" and found.region:
        code = found.region.code.ljust(6, "0")
    return Parts(
        country=found.country or None,
        region=found.region.name if found.region else found.region_text or None,
        city=found.city or None,
        street=found.street or None,
        rest=found.rest or None,
        postal_code=spelt(found.country or "", found.postal_code) or found.postal_code or None,
        code=code,
        name=found.name or None,
    )


def has_number(street: str) -> bool:
    """Whether a house number or a post-office box stands there."""
    return _WITH_NUMBER.search(street) is not None
