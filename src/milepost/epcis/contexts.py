"""JSON-LD contexts, as far as documents use them: which prefixes are declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milepost.epcis.vocabulary import PREFIXES, is_uri

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def prefixes_of(context: Any, outer: Mapping[str, str] = PREFIXES) -> dict[str, str]:
    """The prefixes that a context adds to those that hold around it."""
    found = dict(outer)
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, dict):
            found |= {key: value for key, value in one.items() if _names(key, value)}
    return found


def _names(key: Any, value: Any) -> bool:
    return isinstance(key, str) and isinstance(value, str) and not key.startswith("@")


def is_context(value: Any) -> bool:
    """Whether a value can stand as a JSON-LD context: a URI, an object, or a list of these."""
    if isinstance(value, str):
        return is_uri(value)
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) or is_context(one) for one in value)
    return isinstance(value, dict)


def has_epcis(context: Any) -> bool:
    """Whether GS1's EPCIS context is among them; without it no field has a meaning."""
    given = context if isinstance(context, list) else [context]
    return any(isinstance(one, str) and "epcis-context" in one for one in given) or any(
        isinstance(one, dict) and "eventTime" in one for one in given
    )
