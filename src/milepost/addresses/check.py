"""One address in, one verdict out: parts, phone, reasons, score, and the repaired address."""

from __future__ import annotations

import re

from msgspec.structs import replace

from milepost.addresses.chinese import is_division, read_chinese
from milepost.addresses.contacts import take_phone
from milepost.addresses.divisions import divisions
from milepost.addresses.elsewhere import parts_of, scatter
from milepost.addresses.guess import guess_country
from milepost.addresses.judge import judged
from milepost.addresses.learned import PRIOR_PM, Table, failed_pm, is_failing
from milepost.addresses.model import Address, Checked, Parts, Phone, Reason, Verdict
from milepost.addresses.normalise import clean, has_han, is_damaged, is_placeholder, simplified
from milepost.addresses.people import take_contact
from milepost.addresses.phones import check_phone
from milepost.addresses.postcodes import other_chinese_city, regions_of
from milepost.addresses.reasons import reason, score_of
from milepost.addresses.regions import stated_country
from milepost.addresses.repair import repaired
from milepost.addresses.tidy import tidy

GOOD_PM, BAD_PM = 850, 500
_JAPANESE = re.compile("[\u3040-\u30ff県]|東京都|北海道|京都府|大阪府|〒")


def check(address: Address, learned: Table | None = None) -> Checked:
    """Judge an address. `learned` is the record of deliveries by area. Never raises."""
    damaged = is_damaged(_whole(address))  # in one width the traces would be gone
    address = tidy(address)
    whole = _whole(address)
    if not whole:
        return _judged(Parts(name=address.name or None), None, [reason("empty", "text")], None)
    country, doubts = _country(address, whole)
    if damaged:
        doubts.append(reason("garbled", "text", whole[:40]))
    if is_placeholder(whole):
        return _judged(Parts(country=country), None, [reason("placeholder", "text", whole)], None)
    reader = _chinese if country in ("CN", "HK", "MO", "TW") and has_han(whole) else _other
    parts, raw_phone, reasons = reader(address, country, whole)
    phone, more = _phone(raw_phone, country)
    reasons = [*doubts, *reasons, *more, *_name(parts)]
    return _judged(parts, phone, reasons, learned)


def _whole(address: Address) -> str:
    """Fields and text as one, the largest part first."""
    parts = (address.region, address.city, address.district, address.street, address.text)
    return " ".join(part for part in parts if part)


def _country(address: Address, whole: str) -> tuple[str | None, list[Reason]]:
    if address.country:
        found = stated_country(address.country)
        wrong = [] if found else [reason("country_unknown", "country", address.country)]
        return found, wrong
    plain = has_han(whole) and not whole.isascii() and not whole[-1].isascii()
    found = None if plain else guess_country(whole)
    if found is None and has_han(whole):
        found = "JP" if _JAPANESE.search(whole) else "CN"
    return found, [] if found else [reason("country_missing", "country")]


def _chinese(
    address: Address, country: str | None, whole: str
) -> tuple[Parts, str | None, list[Reason]]:
    contact = take_contact(simplified(whole), is_division)
    read = read_chinese(contact.rest)
    code = address.postal_code or contact.postal_code
    parts = replace(read.parts, name=address.name or contact.name, postal_code=code or None)
    reasons = [*read.reasons, *_chinese_code(parts)]
    return parts, address.phone if address.phone is not None else contact.phone, reasons


def _chinese_code(parts: Parts) -> list[Reason]:
    """A postal code is rarely given in China, and of use only to contradict."""
    code = parts.postal_code
    if not code:
        return []
    if not (len(code) == 6 and code.isdigit()):
        return [reason("postal_code_malformed", "postal_code", code)]
    if code in ("000000", "999999", "999077", "999078"):
        return []
    homes = regions_of("CN", code)
    if not homes:
        return [reason("postal_code_unknown", "postal_code", code)]
    if parts.code is None:
        return []
    if parts.code[:2] in homes:
        return _code_of_another_city(parts.code, code)
    return [reason("postal_code_not_in_region", "postal_code", code, divisions()[homes[0]].name)]


def _code_of_another_city(place: str, code: str) -> list[Reason]:
    """`place`: six digits of GB/T 2260; districts that no city rules count as cities."""
    other = other_chinese_city(code, place if place[2:4] == "90" else place[:4])
    if other is None or other not in divisions():
        return []
    return [reason("postal_code_not_in_city", "postal_code", code, divisions()[other].name)]


def _other(
    address: Address, country: str | None, whole: str
) -> tuple[Parts, str | None, list[Reason]]:
    text, phone = take_phone(address.text)
    found = scatter(replace(address, text=text), country or "")
    reasons = judged(found) if country else []
    return parts_of(found), address.phone if address.phone is not None else phone, reasons


def _phone(raw: str | None, country: str | None) -> tuple[Phone | None, list[Reason]]:
    if raw is None:
        return None, []
    if not raw.strip():
        return None, [reason("phone_missing", "phone")]
    return check_phone(clean(raw), country)


def _name(parts: Parts) -> list[Reason]:
    name = parts.name or ""
    return [reason("name_placeholder", "name", name)] if name and is_placeholder(name) else []


def _judged(
    parts: Parts, phone: Phone | None, reasons: list[Reason], learned: Table | None
) -> Checked:
    area = area_of(parts)
    rate = failed_pm(learned, area) if learned is not None and area else None
    if rate is not None and is_failing(rate):
        reasons = [*reasons, reason("area_failing", "text")]
    score = score_of(reasons)
    if rate is not None and rate > PRIOR_PM:
        score = score * (1000 - rate) // (1000 - PRIOR_PM)
    fixed = repaired(parts, reasons)
    return Checked(
        parts=parts,
        phone=phone,
        reasons=tuple(reasons),
        score_pm=score,
        verdict=_verdict(score, reasons),
        repaired=fixed,
        area=area,
        area_failed_pm=rate,
    )


def _verdict(score: int, reasons: list[Reason]) -> Verdict:
    if score < BAD_PM:
        return "bad"
    grave = any(one.severity == "critical" for one in reasons)
    return "good" if score >= GOOD_PM and not grave else "check"


def area_of(parts: Parts) -> str | None:
    """The key under which deliveries there are learned; the finest that is known."""
    if parts.country is None:
        return None
    if parts.country in ("CN", "HK", "MO", "TW"):
        return f"CN-{parts.code}" if parts.code else None
    if parts.postal_code:
        return f"{parts.country}-{parts.postal_code.replace(' ', '')[:5]}"
    return parts.code or parts.country
