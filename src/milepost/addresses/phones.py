"""Phones by the numbering plan of their country, with libphonenumber's tables."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from milepost.addresses.model import Phone, PhoneKind, Reason
from milepost.addresses.reasons import reason

_KINDS: dict[int, PhoneKind] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile_or_landline",
    PhoneNumberType.TOLL_FREE: "service",
    PhoneNumberType.PREMIUM_RATE: "service",
    PhoneNumberType.SHARED_COST: "service",
    PhoneNumberType.UAN: "service",
    PhoneNumberType.VOIP: "voip",
}
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_MOBILE_BEGINS = re.compile("1[3-9]")
_SAME = re.compile(r"(\d)\1{6,}")
# China Mobile's own line: callers hear a machine.
_OPERATORS = frozenset({"+8613800138000"})
_FICTION = re.compile(r"\+1\d{3}55501\d\d|\+44(?:7700900|2079460|1632960)\d{3}")
# What is typed most often by those who do not want to be called.
_NOBODYS = frozenset({"+8613800000000", "+8613888888888", "+8613912345678",
                      "+8613812345678", "+8618888888888", "+8615888888888"})  # fmt: skip


def check_phone(raw: str, country: str | None) -> tuple[Phone, list[Reason]]:
    """The number and what is wrong with it. `country` (ISO alpha-2) is where it is dialled from."""
    phone = _read(raw.strip()[:40], country or "")
    return phone, _reasons(phone, country)


def _read(raw: str, country: str) -> Phone:
    if country == "CN" and _CHINESE_MOBILE.fullmatch(raw) and _is_mobile_range(raw[:7]):
        return Phone(
            raw=raw, e164="+86" + raw, country="CN", kind="mobile", possible=True, valid=True
        )
    return _read_any(raw, country)


@lru_cache(maxsize=16_384)
def _is_mobile_range(prefix: str) -> bool:
    """Seven digits decide on a Chinese mobile's range, so that ten thousand numbers cost one."""
    number = phonenumbers.parse(prefix + "0000", "CN")
    return phonenumbers.number_type(number) == PhoneNumberType.MOBILE


@lru_cache(maxsize=4096)
def _read_any(raw: str, country: str) -> Phone:
    number = _parsed(raw, country)
    if number is None:
        return Phone(raw=raw, e164=None, country=None, kind="unknown", possible=False, valid=False)
    kind = phonenumbers.number_type(number)
    valid = kind != PhoneNumberType.UNKNOWN
    return Phone(
        raw=raw,
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        country=_home(number, country),
        kind=_KINDS.get(kind, "unknown"),
        possible=valid or _is_possible(number),
        valid=valid,
    )


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    """A Chinese number that begins as a mobile's has eleven digits; landlines begin with a zero,
    which is not counted, so ten would do for those.
    """
    national = str(number.national_number)
    if number.country_code == 86 and _MOBILE_BEGINS.match(national) and len(national) != 11:
        return False
    return bool(phonenumbers.is_possible_number(number))


def _parsed(raw: str, country: str) -> phonenumbers.PhoneNumber | None:
    """As dialled in the country, else with its plus added ("86 138…"), else as a Chinese mobile."""
    text = raw.replace("转", " ext ")
    if text.startswith("00") and country != "US":
        text = "+" + text[2:]
    first = _tried(text, country)
    if first is not None and phonenumbers.is_valid_number(first):
        return first
    digits = re.sub(r"\D", "", text)
    others = [_tried("+" + digits, "")]
    if country != "CN" and _CHINESE_MOBILE.fullmatch(digits):
        others.append(_tried(digits, "CN"))
    return next((one for one in others if one and phonenumbers.is_valid_number(one)), first)


def _tried(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None


def _home(number: phonenumbers.PhoneNumber, country: str) -> str | None:
    found = phonenumbers.region_code_for_number(number)
    if found in (None, "001"):
        code = number.country_code or 0
        # Of countries that share a code, the one that was named.
        if country in phonenumbers.region_codes_for_country_code(code):
            return country
        found = phonenumbers.region_code_for_country_code(code)
    return None if found in (None, "001", "ZZ") else found


def is_placeholder_number(phone: Phone) -> bool:
    """Whether it is a number that people type instead of theirs."""
    digits = re.sub(r"\D", "", phone.e164 or phone.raw)
    if phone.e164 in _NOBODYS or _SAME.search(digits) or _FICTION.fullmatch(phone.e164 or ""):
        return True
    return any(run in digits for run in ("12345678", "87654321", "23456789")) or (
        bool(digits) and len(set(digits)) == 1
    )


def _reasons(phone: Phone, country: str | None) -> list[Reason]:
    raw = phone.raw
    if is_placeholder_number(phone):
        return [reason("phone_placeholder", "phone", raw)]
    if phone.e164 is None or not phone.possible:
        return [reason("phone_invalid", "phone", raw)]
    found = [] if phone.valid else [reason("phone_not_in_use", "phone", raw)]
    if country and phone.country and phone.country != country:
        found.append(reason("phone_other_country", "phone", raw, phone.country))
    if phone.kind == "landline":
        found.append(reason("phone_landline", "phone", raw))
    if phone.kind == "service" or phone.e164 in _OPERATORS:
        found.append(reason("phone_service", "phone", raw))
    return found
