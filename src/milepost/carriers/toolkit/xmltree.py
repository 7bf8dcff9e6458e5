"""XML without its namespaces, read as safely as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from milepost.carriers.toolkit.decoding import PayloadError, decode_bytes

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)""")


def read_xml(payload: bytes | str, content_type: str | None = None) -> Element:
    """The root element, namespaces stripped from tags and attributes; PayloadError if not XML.

    Document types are refused: no carrier sends one, and entities are a way of attack.
    """
    text = payload if isinstance(payload, str) else _decode(payload, content_type)
    text = _DECLARATION.sub("", text).strip()
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise PayloadError("XML with a document type")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - document types are refused above
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise PayloadError(f"not XML: {error}") from None
    for element in root.iter():
        _strip(element)
    return root


def _decode(payload: bytes, content_type: str | None) -> str:
    declared = _ENCODING.match(payload)
    # expat knows no multi-byte charset but UTF-8 and UTF-16, so the text is decoded here
    return decode_bytes(payload, f"charset={declared[1].decode()}" if declared else content_type)


def _strip(element: Element) -> None:
    if isinstance(element.tag, str):
        element.tag = element.tag.rpartition("}")[2]
    if any("}" in name for name in element.attrib):
        items = [(name.rpartition("}")[2], value) for name, value in element.attrib.items()]
        element.attrib.clear()
        element.attrib.update(items)


def find_all(element: Element | None, path: str) -> Iterator[Element]:
    """All elements at an ElementTree path such as `.//Event` or `Body/Route`."""
    return iter(()) if element is None else iter(element.findall(path))


def xml_text(element: Element | None, *paths: str) -> str | None:
    """The first of the paths with text (trimmed, not empty); `@name` is the own attribute."""
    for path in paths:
        value = _text_at(element, path)
        if value:
            return value
    return None


def _text_at(element: Element | None, path: str) -> str | None:
    if element is None:
        return None
    where, _, attribute = path.partition("@")
    target = element.find(where.rstrip("/")) if where else element
    if target is None:
        return None
    value = target.get(attribute) if attribute else target.text
    return value.strip() if value else None


def xml_raw(element: Element) -> str:
    """The element's own text, for an `Unread`."""
    return ElementTree.tostring(element, encoding="unicode").strip()


def as_tree(element: Element) -> object:
    """The element as JSON-like data: leaves are text, repeated children lists, attributes
    `@name`, own text beside children `#text`. For use with `tree.dig` and its kin.
    """
    if len(element) == 0 and not element.attrib:
        return (element.text or "").strip()
    result: dict[str, object] = {f"@{name}": value for name, value in element.attrib.items()}
    if element.text and element.text.strip():
        result["#text"] = element.text.strip()
    for child in element:
        _put(result, child.tag, as_tree(child))
    return result


def _put(result: dict[str, object], name: str, value: object) -> None:
    if name not in result:
        result[name] = value
        return
    present = result[name]
    result[name] = [*present, value] if isinstance(present, list) else [present, value]
