"""Pieces of XML as text: names with their namespaces, escaped values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class NotWritableError(ValueError):
    """JSON that XML has no form for; the text says what."""


def element(name: str, inside: str, attributes: Mapping[str, str] | None = None) -> str:
    """An element around what is XML already."""
    told = "".join(f" {key}={quoteattr(clean(one))}" for key, one in (attributes or {}).items())
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def leaf(name: str, value: Any) -> str:
    """An element with a text."""
    return element(name, escaped(value))


def escaped(value: Any) -> str:
    """A value as the text of an element."""
    return escape(clean(text_of(value)))


def text_of(value: Any) -> str:
    """A value as XML Schema spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def clean(text: str) -> str:
    """Without what XML cannot hold at all."""
    return _NOT_XML.sub("\ufffd", text)


class Names:
    """Names of extensions, by the prefixes that hold where they stand."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self.used: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The qualified name; notes its namespace. Raises NotWritableError."""
        prefix, colon, local = name.rpartition(":")
        if not colon and _is_name(name):
            return name
        if prefix in self._prefixes:
            return self._noted(prefix, self._prefixes[prefix], local)
        namespace, local = _cut(name)
        return self._noted(f"n{len(self.used)}", namespace, local)

    def _noted(self, prefix: str, namespace: str, local: str) -> str:
        if not (_is_name(local) and _is_name(prefix) and namespace):
            raise NotWritableError(f"'{local[:80]}' is no name in XML")
        namespace = namespace.removesuffix(":") if namespace.endswith(":mda:") else namespace
        prefix = next((one for one, uri in self.used.items() if uri == namespace), prefix)
        self.used[prefix] = namespace
        return f"{prefix}:{local}"

    def declared(self) -> dict[str, str]:
        return {f"xmlns:{prefix}": uri for prefix, uri in sorted(self.used.items())}

    def free(self, name: str, value: Any) -> str:
        """An extension: lists are the element again and again, objects elements in it."""
        if isinstance(value, list):
            return "".join(self.free(name, one) for one in value)
        return element(self.of(name), self._inside(value))

    def _inside(self, value: Any) -> str:
        if not isinstance(value, dict):
            return "" if value is None else escaped(value)
        if "@value" in value:
            return escaped(value["@value"])
        plain = escaped(value.get("#text", ""))
        told = (pair for pair in value.items() if not pair[0].startswith(("@", "#")))
        return plain + "".join(self.free(name, one) for name, one in told)

    def many(self, pairs: Iterable[tuple[str, Any]]) -> str:
        return "".join(self.free(name, value) for name, value in pairs if ":" in name)


def _is_name(text: str) -> bool:
    return text.replace("-", "_").replace(".", "_").isidentifier() and text[0] not in "-."


def _cut(uri: str) -> tuple[str, str]:
    local = re.split(r"[:/#]", uri)[-1]
    return uri.removesuffix(local), local
