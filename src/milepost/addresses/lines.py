"""The lines of an address in Latin or Cyrillic letters, without the country's name."""

from __future__ import annotations

import re

from milepost.addresses.guess import LINES
from milepost.addresses.near_code import LABEL
from milepost.addresses.regions import country_of, region_of

# A line that is but a house: "Rua Augusta, 1500", "ул. Ленина, д. 12".
_HOUSE = re.compile(
    r"(?:(?:д|дом|корп|стр|кв|no|nr|nº|n°|número)\.?\s*)?\d{1,5}[\w/-]{0,3}(?: (?:bis|ter))?",
    re.IGNORECASE,
)
# Countries in which the house follows the road after a comma; elsewhere it stands before.
_HOUSE_BEHIND = frozenset({"RU", "UA", "BG", "BR", "PT", "ES", "IT", "MX", "AR", "CL", "PL", "RO"})
_HOUSE_BEFORE = frozenset(
    {"CN", "HK", "IN", "FR", "GB", "IE", "AE", "SG", "MY", "PH", "TH", "VN", "ZA", "US"}
)


def lines_of(text: str, country: str) -> list[str]:
    """At least one where there is any text."""
    lines = [line for line in LINES.split(LABEL.sub("", text)) if line]
    if country == "BR":
        lines = [one for line in lines for one in _parted(line)]
    lines, before = [line for line in lines if not _is_country(line, country)] or lines, lines
    if lines == before:
        lines = _without_country_word(lines, country)
    return _with_houses(lines, country)


def _is_country(line: str, country: str) -> bool:
    return country_of(line) == country and region_of(country, line) is None


def _parted(line: str) -> list[str]:
    """ "Bela Vista - São Paulo - SP": as good as commas; so is "Curitiba/PR"."""
    head, mark, tail = line.rpartition("/")
    if mark and region_of("BR", tail) is not None:
        line = f"{head} - {tail}"
    first, *others = line.split(" - ")
    if not others:
        return [line]
    *others, last = others
    state = region_of("BR", last)
    if state is not None and len(last) == 2:
        return [first, *others[:-1], f"{others[-1]} - {last}"] if others else [f"{first} - {last}"]
    return [first, *others, last]


def _with_houses(lines: list[str], country: str) -> list[str]:
    """A house's number joined to its road."""
    found: list[str] = []
    for line in lines:
        if not found or not _HOUSE.fullmatch(line):
            before = found[-1] if found else ""
            if country in _HOUSE_BEFORE and len(found) == 1 and _HOUSE.fullmatch(before):
                found[-1] = f"{before} {line}"
            else:
                found.append(line)
        elif country in _HOUSE_BEHIND and len(found) >= 1:
            found[-1] = f"{found[-1]}, {line}"
        else:
            found.append(line)
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
