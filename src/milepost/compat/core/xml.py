"""Objects as XML, as aggregators wrote them before JSON: elements in elements, no attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

from milepost.compat.core.bodies import BodyError
from milepost.epcis.xmltree import Element, parse

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
KIND = "text/xml"
_MOST_CHARACTERS = 256 * 1024


class NotXmlError(BodyError):
    """The text is no XML that is taken: broken, with a document type, or too much of it."""


def is_xml(text: str) -> bool:
    """Whether a text sets out to be XML."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def read(text: str) -> dict[str, Any]:
    """What the root has in it: a text, or an object where there are elements inside. Raises
    NotXmlError.
    """
    plain = text.lstrip("\ufeff \t\r\n")
    # It has been decoded already, whatever its first line calls its charset.
    if plain.startswith("<?"):
        plain = plain.partition("?>")[2]
    try:
        root = parse(plain[: _MOST_CHARACTERS + 1].encode())
    except (ExpatError, ValueError, AssertionError):
        raise NotXmlError from None
    return {one.name: _value(one) for one in root.children}


def _value(element: Element) -> Any:
    if not element.children:
        return element.text
    return {one.name: _value(one) for one in element.children}


def written(root: str, value: Mapping[str, Any], items: Mapping[str, str]) -> str:
    """The document. A list is its items under the list's own name, or inside of it where `items`
    says by which name: `{"Traces": "Trace"}`.
    """
    return f"{HEAD}<{root}>{''.join(_elements(value, items))}</{root}>"


def _elements(value: Mapping[str, Any], items: Mapping[str, str]) -> Iterator[str]:
    for name, one in value.items():
        inner = items.get(name)
        if isinstance(one, list) and inner is not None:
            yield f"<{name}>{''.join(_element(inner, item, items) for item in one)}</{name}>"
        else:
            yield from (_element(name, item, items) for item in _listed(one))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _element(name: str, value: Any, items: Mapping[str, str]) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_elements(value, items))}</{name}>"
    return f"<{name}>{_text(value)}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else escape("".join(map(_allowed, str(value))))


def _allowed(character: str) -> str:
    """XML has no way to write most control characters."""
    return character if character >= " " or character in "\t\n\r" else " "
