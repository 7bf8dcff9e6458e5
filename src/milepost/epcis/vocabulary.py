"""The standard's vocabularies: a word as it stands in a document ↔ its full URI."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from msgspec import Struct


class Vocabulary(Struct, frozen=True):
    """One vocabulary. `base` and `urn` begin its URIs; `open`: unknown bare words are let pass."""

    base: str
    urn: str | None
    words: frozenset[str]
    open: bool


def _load() -> tuple[dict[str, Vocabulary], dict[str, str]]:
    text = resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8")
    table = tomllib.loads(text)
    prefixes: dict[str, str] = table.pop("prefixes")
    return {name: _vocabulary(one) for name, one in table.items()}, prefixes


def _vocabulary(row: dict[str, object]) -> Vocabulary:
    words = row["words"]
    assert isinstance(words, list)
    urn = row.get("urn")
    return Vocabulary(
        str(row["base"]), None if urn is None else str(urn), frozenset(words), bool(row.get("open"))
    )


VOCABULARIES, PREFIXES = _load()
_OURS = (
    *(f"{way}://{host}.gs1.org/cbv/" for way in ("https", "http") for host in ("ref", "ns")),
    "urn:epcglobal:cbv:",
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
MT = "MT-"
_KINDS = ("BizStep-", "Disp-", "BTT-", "SDT-", "ER-", "Comp-")


def is_uri(text: str) -> bool:
    """Whether a text is a URI, or a compact one: a clock or an offset with its colon is none."""
    return _URI.fullmatch(text) is not None


def expand(text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A compact IRI (`cbv:Comp-x`) in full; any other text as it is."""
    prefix, colon, rest = text.partition(":")
    base = prefixes.get(prefix) if colon else None
    return text if base is None or rest.startswith("//") else base + rest


def full(name: str, text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A word of the vocabulary `name` as its URI; what is not of the vocabulary, expanded."""
    one = VOCABULARIES[name]
    word = bare(name, text, prefixes)
    return expand(text, prefixes) if word is None else one.base + word


@cache
def _bare(name: str, uri: str) -> str | None:
    one = VOCABULARIES[name]
    for start in (one.base, one.urn, ""):
        if start is not None and uri.startswith(start) and uri[len(start) :] in one.words:
            return uri[len(start) :]
    return None


def bare(name: str, text: str, prefixes: Mapping[str, str] = PREFIXES) -> str | None:
    """The standard's bare word for a value in whatever form; None where it has none."""
    return _bare(name, expand(text, prefixes)) if len(text) <= 200 else None


def measurement(text: str, prefixes: Mapping[str, str] = PREFIXES) -> str | None:
    """The bare type of a measurement. Documents write `gs1:MT-Temperature` for it, too."""
    uri = expand(text, prefixes)
    base = VOCABULARIES["measurement"].base
    return bare("measurement", base + uri.removeprefix(base).removeprefix(MT))


def fault(name: str, text: str, prefixes: Mapping[str, str] = PREFIXES) -> str | None:
    """Why a value cannot stand for this vocabulary, or None. Users' own URIs may."""
    if bare(name, text, prefixes) is not None:
        return None
    uri = expand(text, prefixes)
    one = VOCABULARIES[name]
    if not is_uri(uri):
        free = one.open and ":" not in uri
        return None if free else f"'{text}' is not a word of the standard, nor a URI"
    if uri.startswith(_OURS) and (_kind(uri) or uri.startswith("urn:")):
        return f"'{text}' claims to be the standard's, which has no such word"
    return None


def _kind(uri: str) -> bool:
    return uri.partition("/cbv/")[2].startswith(_KINDS)
