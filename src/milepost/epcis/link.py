"""GS1 Digital Links: their canonical form, whether they keep the rules, and back to an EPC URN."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from milepost.epcis.keys import BY_AI, KEYS, NAMES, QUALIFIERS, BadKeyError, Key, check_digit
from milepost.epcis.urn import DOMAIN, is_urn, to_link

_URL = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)(?:[?#]\S*)?")
_GS1 = re.compile(r"https?://(?:[\w-]+\.)*gs1\.org(?::\d+)?/", re.IGNORECASE)
_VALUE = re.compile(r"""(?:%[0-9A-Fa-f]{2}|["'\-.0-9;<=>?A-Z_a-z:!()*+,#&])+""")
_FREED = re.compile("%(21|28|29|2A|2B|2C|3A)", re.IGNORECASE)
_SHORT_GTIN = {8, 12, 13}


@lru_cache(maxsize=16_384)
def canonical(text: str) -> str:
    """An EPC in the one form by which it is compared: a Digital Link of id.gs1.org without
    anything that names no instance. What is no GS1 key, or a malformed one, stays as it is.
    """
    if text.startswith("urn:epc:"):
        try:
            return to_link(text)
        except BadKeyError:
            return text
    parts = path_of(text)
    if parts is None or not _shaped(parts):
        return text
    return DOMAIN + "".join(f"/{ai}/{value}" for ai, value in _lowest(parts))


def path_of(text: str) -> list[tuple[str, str]] | None:
    """The application identifiers of a Digital Link with their values; None where it is none."""
    found = _URL.fullmatch(text)
    if found is None:
        return None
    words = found[1].strip("/").split("/")
    for start in range(len(words) - 1):
        ai = NAMES.get(words[start], words[start])
        if ai in BY_AI and words[start + 1][:4].isdigit() and (len(words) - start) % 2 == 0:
            pairs = zip(words[start::2], words[start + 1 :: 2], strict=True)
            named = [(NAMES.get(one, one), value) for one, value in pairs]
            return [(one, _padded(one, value)) for one, value in named]
    return None


def _padded(ai: str, value: str) -> str:
    return value.zfill(14) if ai == "01" and len(value) in _SHORT_GTIN else value


def _lowest(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The key and its finest qualifier: variants never count, lots not beside a serial."""
    kept = [pair for pair in parts if pair[0] != "22"]
    names = {ai for ai, _ in kept}
    return [pair for pair in kept if not (pair[0] == "10" and "21" in names)]


def _shaped(parts: list[tuple[str, str]]) -> bool:
    """Whether at least lengths and characters are right; a wrong check digit is another matter."""
    (ai, value), *qualifiers = parts
    key = BY_AI[ai]
    allowed = QUALIFIERS.get(ai, ())
    return _length_ok(key, value) and all(
        one in allowed and _VALUE.fullmatch(text) for one, text in qualifiers
    )


def _length_ok(key: Key, value: str) -> bool:
    if key.digits is None:
        return len(unquote(value)) <= (key.most or 30) and bool(_VALUE.fullmatch(value))
    fixed = key.body + 1 + (4 if key.pieces else 0)
    if not (value[:fixed].isascii() and value[:fixed].isdigit() and len(value) >= fixed):
        return False
    rest = value[fixed:]
    if not key.tail:
        return not rest
    if key.numeric and rest and not rest.isdigit():
        return False
    return len(unquote(rest)) <= (key.most or 0) and (not rest or bool(_VALUE.fullmatch(rest)))


def check(text: str) -> None:
    """Raises BadKeyError for an EPC URN or Digital Link that breaks its own rules; any other URI
    is somebody's own identifier and passes.
    """
    if text.startswith("urn:epc:") and (is_urn(text) or text.startswith("urn:epc:id:")):
        to_link(text)
        return
    parts = path_of(text)
    if parts is None:
        return
    if not _shaped(parts):
        if not _GS1.match(text):
            return  # somebody's own address, in which a word is as those of GS1 are
        raise BadKeyError("the Digital Link's key has a wrong length, or qualifiers not its own")
    ai, value = parts[0]
    key = BY_AI[ai]
    if key.digits is None:
        return
    body = value[: key.body]
    if value[key.body] != check_digit(body):
        raise BadKeyError(f"wrong check digit: {value[key.body]} for {check_digit(body)}")


def to_urn(link: str, company_digits: int) -> str:
    """The EPC URN of a Digital Link. A link does not tell how long the company prefix is
    (6 to 12 digits), so the caller must. Raises BadKeyError where there is no such URN.
    """
    parts = path_of(link)
    if parts is None:
        raise BadKeyError("not a GS1 Digital Link")
    check(link)
    parts = _lowest(parts)
    (ai, value), *rest = parts
    serial = rest[-1][1] if rest else ""
    if ai == "01":
        return _gtin_urn(value, rest, company_digits)
    key = BY_AI[ai]
    if key.digits is None:
        tail = f".{serial}" if key.qualifier else ""
        return f"urn:epc:id:{key.scheme}:{value[:company_digits]}.{value[company_digits:]}{tail}"
    digits, after = value[: key.body], value[key.body + 1 :]
    if key.zero:
        digits = digits[1:]
    company, reference = _divided(digits, key.lead, company_digits)
    urn = f"urn:epc:id:{key.scheme}:{company}.{reference}"
    if key.pieces:
        return f"{urn}.{after[:2]}.{after[2:]}.{_decoded(serial)}"
    if key.tail:
        return f"{urn}.{_decoded(after)}" if after else _pattern(urn)
    if key.qualifier:
        return f"{urn}.{_decoded(serial) or key.none}"
    return urn


def _gtin_urn(value: str, rest: list[tuple[str, str]], company_digits: int) -> str:
    company, reference = _divided(value[:13], True, company_digits)
    if not rest:
        return f"urn:epc:idpat:sgtin:{company}.{reference}.*"
    ai, serial = rest[-1]
    scheme = {"21": "id:sgtin", "10": "class:lgtin", "235": "id:upui"}[ai]
    return f"urn:epc:{scheme}:{company}.{reference}.{_decoded(serial)}"


def _divided(digits: str, lead: bool, company_digits: int) -> tuple[str, str]:
    if not 6 <= company_digits <= 12:
        raise BadKeyError("a company prefix has 6 to 12 digits")
    if lead:
        return digits[1 : 1 + company_digits], digits[0] + digits[1 + company_digits :]
    return digits[:company_digits], digits[company_digits:]


def _pattern(urn: str) -> str:
    return urn.replace("urn:epc:id:", "urn:epc:idpat:") + ".*"


def _decoded(text: str) -> str:
    """URNs keep only what their own grammar forbids escaped."""
    return _FREED.sub(lambda one: chr(int(one[1], 16)), text)


def sscc_of(text: str) -> str | None:
    """The 18 digits of a serial shipping container code in any form, or None."""
    link = canonical(text)
    start = f"{DOMAIN}/{KEYS['sscc'].ai}/"
    number = link[len(start) :]
    return number if link.startswith(start) and len(number) == 18 and number.isdigit() else None
