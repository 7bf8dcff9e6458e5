"""SVG: drawn lines only. Whatever acts, or reaches out of the file, is refused."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from milepost.engine.evidence.faults import EvidenceError

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_ALLOWED = {
    "svg", "g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "defs",
    "linearGradient", "radialGradient", "stop", "clipPath", "text", "tspan", "use", "symbol",
}  # fmt: skip
_LEFT_OUT = {"metadata", "title", "desc"}
_REACHES_OUT = re.compile(
    r"javascript:|data:|https?:|//|@import|url\(\s*['\"]?(?!#)", re.IGNORECASE
)
_MOST_ELEMENTS = 20_000


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is not well-formed, or is more than a drawing."""
    text = body.decode("utf-8-sig", "replace")
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise EvidenceError("the SVG has a document type, which it does not need")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no document type, so no entities
    except (ElementTree.ParseError, ValueError):
        raise EvidenceError("the SVG is not well-formed XML") from None
    if root.tag not in (_NAMESPACE + "svg", "svg"):
        raise EvidenceError("the file is no SVG")
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        raise EvidenceError(f"the SVG has more than {_MOST_ELEMENTS} elements")
    _clean(root)
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _clean(element: ElementTree.Element) -> None:
    for child in list(element):
        name = _name(child.tag)
        if name in _LEFT_OUT or not _ours(child.tag):
            element.remove(child)  # what an editor notes of its user has namespaces of its own
            continue
        if name not in _ALLOWED:
            raise EvidenceError(f"the SVG has an element that may not be: {name}")
        _clean(child)
    for key, value in list(element.attrib.items()):
        name = _name(key)
        if name.lower().startswith("on"):
            raise EvidenceError(f"the SVG has a script in '{name}'")
        if _REACHES_OUT.search(value) or (name == "href" and not value.startswith("#")):
            raise EvidenceError(f"the SVG reaches out of itself in '{name}'")
        if key.startswith("{") and name != "href":
            del element.attrib[key]


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _ours(tag: str) -> bool:
    return not tag.startswith("{") or tag.startswith(_NAMESPACE)
