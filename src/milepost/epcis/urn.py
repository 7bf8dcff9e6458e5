"""EPC URNs (`urn:epc:id:sscc:…`) ↔ GS1 Digital Links (`https://id.gs1.org/00/…`)."""

from __future__ import annotations

import re

from milepost.epcis.keys import KEYS, BadKeyError, Key, check_digit

DOMAIN = "https://id.gs1.org"
_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)")
_SERIAL = re.compile(r"(?:%[0-9A-Fa-f]{2}|[!')(*+,.0-9:;=A-Za-z_-])+")
_PART = re.compile(r"(?:%(?:23|2[fF])|[0-9A-Z-])+")
_KINDS = {"class": {"lgtin"}, "idpat": {"sgtin", "grai", "gdti", "sgcn", "cpi", "itip", "upui"}}
_ENCODED = {one: f"%{ord(one):02X}" for one in "!()*+,:"}


def is_urn(text: str) -> bool:
    """Whether a text claims to be an EPC URN of a scheme that we know."""
    found = _URN.fullmatch(text)
    return found is not None and found[2] in KEYS


def to_link(urn: str) -> str:
    """The canonical Digital Link of an EPC URN. Raises BadKeyError where the URN is malformed."""
    kind, key, parts = _split(urn)
    company = parts[0]
    if not (company.isascii() and company.isdigit() and 6 <= len(company) <= 12):
        raise BadKeyError("the company prefix must have 6 to 12 digits")
    if key.digits is None:
        return _free(key, company, parts[1:], kind)
    body = _body(key, company, parts[1])
    path = f"{DOMAIN}/{key.ai}/{body}{check_digit(body)}"
    if key.pieces:
        if not all(len(one) == 2 and one.isdigit() for one in parts[2:4]):
            raise BadKeyError("piece and total must have two digits each")
        path += "".join(parts[2:4])
    return path + _serial(key, parts[-1], kind) if key.most else path


def _split(urn: str) -> tuple[str, Key, list[str]]:
    found = _URN.fullmatch(urn)
    if found is None or found[2] not in KEYS:
        raise BadKeyError("no EPC scheme of this name")
    kind, scheme, rest = found.groups()
    if (kind == "id" and scheme == "lgtin") or scheme not in _KINDS.get(kind, KEYS):
        raise BadKeyError(f"'{scheme}' is no scheme of urn:epc:{kind}")
    key = KEYS[scheme]
    wanted = 2 + (2 if key.pieces else 0)
    wanted += 1 if key.digits is not None and key.most else 1 if key.qualifier else 0
    parts = rest.split(".", wanted - 1)
    if len(parts) != wanted:
        raise BadKeyError(f"'{scheme}' has {wanted} parts between dots")
    return kind, key, parts


def _body(key: Key, company: str, reference: str) -> str:
    assert key.digits is not None
    missing = key.digits - len(company)
    if len(reference) != missing or (missing and not _digits(reference)):
        raise BadKeyError(f"company prefix and reference must have {key.digits} digits together")
    if key.lead:
        return reference[0] + company + reference[1:]
    return ("0" if key.zero else "") + company + reference


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _serial(key: Key, serial: str, kind: str) -> str:
    if kind == "idpat":
        if serial != "*":
            raise BadKeyError("a pattern of a class ends in '*'")
        return ""
    assert key.most is not None
    _check(serial, key.most, key.numeric)
    if serial == key.none:
        return ""
    return f"/{key.qualifier}/{encoded(serial)}" if key.qualifier else encoded(serial)


def _free(key: Key, company: str, rest: list[str], kind: str) -> str:
    """A key whose reference is text: the asset, the consignment, the component."""
    assert key.most is not None
    reference = rest[0]
    if key.scheme == "cpi" and not _PART.fullmatch(reference):
        raise BadKeyError("a component reference has digits, capitals, '-', '#' and '/' only")
    _check(company + reference, key.most, numeric=False)
    path = f"{DOMAIN}/{key.ai}/{company}{encoded(reference)}"
    if key.qualifier is None or kind == "idpat":
        return path
    assert key.serial_most is not None
    _check(rest[1], key.serial_most, key.numeric)
    return f"{path}/{key.qualifier}/{rest[1]}"


def _check(text: str, most: int, numeric: bool) -> None:
    if not _SERIAL.fullmatch(text):
        raise BadKeyError("a serial has a character that must be escaped, or is empty")
    if len(re.sub("%..", "x", text)) > most:
        raise BadKeyError(f"a serial may have {most} characters at most")
    if numeric and not text.isdigit():
        raise BadKeyError("a serial of this scheme has digits only")


def encoded(text: str) -> str:
    """A serial as a Digital Link spells it: what URNs allow and URIs reserve is escaped."""
    return "".join(_ENCODED.get(one, one) for one in text)
