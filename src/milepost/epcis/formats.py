"""In which form answers tell EPCs (GS1-EPC-Format) and, in XML, words (GS1-CBV-XML-Format)."""

from __future__ import annotations

from typing import Any

from milepost.epcis.link import canonical, path_of
from milepost.epcis.vocabulary import VOCABULARIES

GIAI = "8004"
LINKS, URNS = "Always_GS1_Digital_Link", "Always_EPC_URN"
EPC_FORMATS = ("No_Preference", LINKS, URNS, "Never_Translates")
WORD_URNS = "Always_URN"
WORD_FORMATS = ("No_Preference", "Always_Web_URI", WORD_URNS, "Never_Translates")
_WORDS = [
    (one.base + word, one.urn + word)
    for one in VOCABULARIES.values() if one.urn is not None for word in sorted(one.words)
]  # fmt: skip


class NoUrnError(ValueError):
    """A Digital Link that has no EPC URN: it does not tell how long its company prefix is."""


def told_as(form: str, value: Any) -> Any:
    """A document with its EPCs in one form. Extensions and event IDs are the sender's, and stay.

    Raises NoUrnError where a Digital Link would have to become a URN.
    """
    if isinstance(value, str):
        return _told(form, value)
    if isinstance(value, list):
        return [told_as(form, one) for one in value]
    if isinstance(value, dict):
        return {name: one if _kept(name) else told_as(form, one) for name, one in value.items()}
    return value


def _kept(name: str) -> bool:
    return ":" in name or name in ("@context", "eventID", "correctiveEventIDs", "ilmd")


def _told(form: str, text: str) -> str:
    if form == LINKS and text.startswith("urn:epc:"):
        return canonical(text)
    if form == URNS and path_of(text) is not None:
        raise NoUrnError(text)
    return text


def urns_of(text: str) -> list[str]:
    """The EPC URNs that the link of an individual asset (a sensor, as a rule) can have come from,
    one for each length of a company prefix. None for anything else.
    """
    parts = path_of(text)
    if parts is None or len(parts) != 1 or parts[0][0] != GIAI:
        return []
    key = parts[0][1]
    found = (f"urn:epc:id:giai:{key[:size]}.{key[size:]}" for size in range(6, 13))
    return [urn for urn in found if canonical(urn) == canonical(text)]


def words_as_urns(xml: bytes) -> bytes:
    """The standard's words of an XML document as URNs, where they have some."""
    text = xml.decode()
    for web, urn in _WORDS:
        for end in ("<", '"'):
            text = text.replace(web + end, urn + end)
    return text.encode()
