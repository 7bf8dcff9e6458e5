"""Master data in the header of a document: elements of vocabularies with their attributes.

Whatever is wrong with an element costs it alone, never the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from milepost.epcis.indexing import word
from milepost.epcis.link import canonical

MOST_ELEMENTS, MOST_ATTRIBUTES, MOST_CHARACTERS = 10_000, 200, 4_000
# The CBV's own attributes, in every form in which they are written.
_MDA = re.compile(r"(?:urn:epcglobal:cbv:mda[#:]|https?://ref\.gs1\.org/cbv/mda/|cbvmda:)(.+)")
# Vocabularies whose elements events name by a word of the standard.
_WORDS = {"BizStep": "bizStep", "BusinessStep": "bizStep", "Disposition": "disposition"}


class Element(Struct, frozen=True, kw_only=True):
    """`key`: by which events name it (canonical link, bare word); `id`: as it came. `attributes`:
    by the name as it came, and bare where it is the standard's. `children`: keys of what is in it.
    """

    vocabulary: str
    key: str
    id: str
    attributes: dict[str, Any]
    children: list[str]
    told: dict[str, Any]


def elements_of(document: Any) -> list[Element]:
    """All elements that a document's header tells of, the last of each."""
    found: dict[tuple[str, str], Element] = {}
    for kind, one in _listed(document):
        element = _element(kind, one)
        if element is not None and len(found) < MOST_ELEMENTS:
            found[element.vocabulary, element.key] = element
    return list(found.values())


def key_of(vocabulary: str, identity: str) -> str:
    """The form in which an element is compared with what events name."""
    kind = _WORDS.get(re.split(r"[:#/]", vocabulary)[-1].removesuffix("ID"))
    return (word(kind, identity) if kind else None) or canonical(identity)


def attribute_key(name: str) -> str:
    """An attribute's name: bare where it is the standard's."""
    own = _MDA.fullmatch(name)
    return own[1] if own else name


def plain(value: Any) -> str:
    """An attribute's value as text, by which it is compared."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _listed(document: Any) -> Iterator[tuple[str, Any]]:
    header = _inside(document, "epcisHeader")
    listed = _inside(_inside(header, "epcisMasterData"), "vocabularyList")
    for vocabulary in listed if isinstance(listed, list) else []:
        elements = _inside(vocabulary, "vocabularyElementList")
        kind = _inside(vocabulary, "type")
        for one in elements if isinstance(elements, list) else []:
            yield str(kind or "")[:500], one


def _inside(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _element(kind: str, one: Any) -> Element | None:
    identity = _inside(one, "id")
    if not isinstance(identity, str) or not identity or len(identity) > MOST_CHARACTERS:
        return None
    if "\x00" in kind + identity:
        return None
    given = _inside(one, "attributes")
    named = [pair for pair in map(_attribute, given if isinstance(given, list) else []) if pair]
    below = _inside(one, "children")
    children = [each for each in below if isinstance(each, str)] if isinstance(below, list) else []
    told: dict[str, Any] = {
        "id": identity, "attributes": [{"id": name, "attribute": value} for name, value in named],
    }  # fmt: skip
    return Element(
        vocabulary=kind, key=key_of(kind, identity), id=identity,
        attributes={**dict(named),
                    **{attribute_key(name): value for name, value in reversed(named)}},
        children=[key_of(kind, each) for each in children[:MOST_ELEMENTS]],
        told=told | ({"children": children} if children else {}),
    )  # fmt: skip


def _attribute(one: Any) -> tuple[str, Any] | None:
    name, value = _inside(one, "id"), _inside(one, "attribute")
    if not isinstance(name, str) or not name or value is None:
        return None
    text = plain(value)
    if len(name) + len(text) > MOST_CHARACTERS or "\x00" in name + text or "\\u0000" in text:
        return None
    return name, value
