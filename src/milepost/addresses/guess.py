"""Which country an address is of, where nobody has named one."""

from __future__ import annotations

import re

from milepost.addresses.near_code import LABEL
from milepost.addresses.postcodes import cities_of, finder
from milepost.addresses.regions import country_of, key_of, region_of

LINES = re.compile(r"\s*[,;\n|，；]\s*")
_NO_DIGITS = re.compile(r"[\d\-]+")
# Writings of one country's own; letters of Ukraine's are not Russia's.
_SCRIPTS = (
    (re.compile("[가-힣]{2}"), "KR"),
    (re.compile("[ก-๛]{2}"), "TH"),
    (re.compile("[ІіЇїЄєҐґ]"), "UA"),
    (re.compile("[А-Яа-яЁё]{2}"), "RU"),
)
# "D-50667 Köln": the sign of the country on cars, once written before the code.
_BEFORE_CODE = re.compile(r"(?<![\w-])(DK|FIN|NL|CH|SE|D|F|A|B|I|L|N|S)-\d{4,5}\b")
_SIGNS = {"DK": "DK", "FIN": "FI", "NL": "NL", "CH": "CH", "SE": "SE", "D": "DE", "F": "FR",
          "A": "AT", "B": "BE", "I": "IT", "N": "NO", "S": "SE"}  # fmt: skip
_FORCES = re.compile(r"\b[AFD]PO\b")
_CODE_AND_TOWN = re.compile(r"\d{4,6} +\D")
_MOST_WORDS = 3


def guess_country(text: str) -> str | None:
    """The country named at an end, else what the writing, or the form of code and state, leaves no
    doubt of.
    """
    text = LABEL.sub("", text)
    lines = [line for line in LINES.split(text) if line]
    if not lines:
        return None
    if (named := _named(lines, text)) is not None:
        return named
    for script, country in _SCRIPTS:
        if script.search(text):
            return country
    if (sign := _BEFORE_CODE.search(text)) and sign[1] in _SIGNS:
        return _SIGNS[sign[1]]
    for country in ("CA", "GB", "US", "BR", "NL"):
        found = list(finder(country).finditer(text))
        if found and (country in ("CA", "GB") or _state_beside(country, text, found[-1])):
            return country
    return None


def _named(lines: list[str], text: str) -> str | None:
    last = lines[-1]
    if len(lines) > 1 and not _is_state(last, lines, text):
        for line in (last, lines[0]):
            if (line == last or len(line) > 3) and (named := country_of(line)) is not None:
                return named
    for word in (last.rpartition(" ")[2], _NO_DIGITS.sub(" ", last).strip()):
        if len(word) > 3 and (named := country_of(word)) is not None:
            return named
    return None


def _is_state(last: str, lines: list[str], text: str) -> bool:
    """ "CA" and "DE" at the end are states of America as well as countries. "AE" is where American
    forces are; and who writes the code before the town is not in America.
    """
    if len(last) != 2 or region_of("US", last) is None:
        return False
    if last.upper() in ("AE", "AA", "AP"):
        return _FORCES.search(text) is not None
    return not any(_CODE_AND_TOWN.match(line) for line in lines)


def _state_beside(country: str, text: str, found: re.Match[str]) -> bool:
    if country == "NL":
        return found["code"].upper()[-2:].isalpha() and key_of(text[found.end() :]) in cities_of(
            "NL"
        )
    words = re.findall(r"[A-Za-zÀ-ÿ]+", text[: found.start()])
    if not words:
        return False
    if words[-1].isupper():
        return region_of(country, words[-1]) is not None
    names = (" ".join(words[-size:]) for size in range(1, _MOST_WORDS + 1))
    return any(len(name) > 3 and region_of(country, name) is not None for name in names)
