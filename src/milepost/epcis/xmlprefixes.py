"""The prefixes under which a document names what is not the standard's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milepost.epcis.xmltree import Element

_SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


class Prefixes:
    """Those that were declared, and those that had to be made up for namespaces without one."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        self._prefixes = {name: _namespace(uri) for name, uri in declared.items()}

    def context(self) -> list[Any]:
        """The JSON-LD context of the document."""
        own = {name: uri for name, uri in self._prefixes.items() if name and not _standard(uri)}
        return [_CONTEXT, own] if own else [_CONTEXT]

    def key(self, element: Element) -> str:
        """The name of an element as JSON has it."""
        return element.name if element.plain else f"{self._of(element)}:{element.name}"

    def attribute(self, name: str) -> str:
        """The name of an attribute as JSON has it."""
        uri, brace, local = name.rpartition("}")
        return self.key(Element(name=local, namespace=uri[1:])) if brace else name

    def _of(self, element: Element) -> str:
        for prefix, uri in self._prefixes.items():
            if uri == _namespace(element.namespace) and prefix:
                return prefix
        prefix = element.prefix or "ns"
        while prefix in self._prefixes:
            prefix += "x"
        self._prefixes[prefix] = _namespace(element.namespace)
        return prefix


def _namespace(uri: str) -> str:
    """Master data attributes have a namespace that JSON writes with a colon, XML without."""
    return f"{uri}:" if uri == "urn:epcglobal:cbv:mda" else uri


def _standard(uri: str) -> bool:
    return uri.startswith(("urn:epcglobal:epcis", "http://www.w3.org/2001/XMLSchema", _SBDH))
