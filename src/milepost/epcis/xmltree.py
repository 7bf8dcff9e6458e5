"""A small tree from XML, by a parser that takes nothing dangerous."""

from __future__ import annotations

from xml.parsers import expat

from msgspec import Struct

MOST_BYTES = 16 * 1024 * 1024
MOST_DEPTH = 64
MOST_ELEMENTS = 500_000


class NotXmlError(ValueError):
    """The bytes are no XML that is taken here, or no EPCIS document."""


class Element(Struct):
    """An element. `prefixes` are those declared on it; an attribute's name is `{uri}name`."""

    name: str
    namespace: str = ""
    prefix: str = ""
    attributes: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    children: list[Element] = []
    text: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is the standard's own: in no namespace, or in that of EPCIS."""
        return not self.namespace or self.namespace.startswith("urn:epcglobal:epcis")

    def find(self, name: str) -> Element | None:
        """The first element of this name below, breadth first."""
        level = self.children
        while level:
            for one in level:
                if one.name == name:
                    return one
            level = [inner for one in level for inner in one.children]
        return None


def parse(body: bytes) -> Element:
    """The root element. Raises ValueError (also expat's own) for what is not taken."""
    if len(body) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    return _Builder().build(body)


class _Builder:
    def __init__(self) -> None:
        self._parser = parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        parser.namespace_prefixes = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._refuse
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._stack: list[Element] = []
        self._texts: list[list[str]] = []
        self._declared: dict[str, str] = {}
        self._root: Element | None = None
        self._root_prefixes: dict[str, str] = {}
        self._count = 0

    def build(self, body: bytes) -> Element:
        self._parser.Parse(body, True)
        assert self._root is not None
        self._root.prefixes = self._root_prefixes
        return self._root

    def _doctype(self, name: str, system: str | None, public: str | None, inner: bool) -> None:
        """A name alone declares nothing, and published documents have one."""
        if system or public or inner:
            self._refuse(name)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type or entities are not taken")

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if prefix and uri:
            self._root_prefixes.setdefault(prefix, uri)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._stack) >= MOST_DEPTH or self._count > MOST_ELEMENTS:
            raise ValueError("nested too deeply, or too many elements")
        uri, local, prefix = _split(name)
        named = {_attribute(key): value for key, value in attributes.items()}
        element = Element(local, uri, prefix, named, {}, [])
        if self._stack:
            self._stack[-1].children.append(element)
        elif self._root is None:
            self._root = element
        self._stack.append(element)
        self._texts.append([])

    def _end(self, _: str) -> None:
        self._stack.pop().text = "".join(self._texts.pop()).strip()

    def _characters(self, data: str) -> None:
        self._texts[-1].append(data)


def _split(name: str) -> tuple[str, str, str]:
    parts = name.split("\n")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _attribute(name: str) -> str:
    uri, local, _ = _split(name)
    return f"{{{uri}}}{local}" if uri else local
