"""Bodies that come as JSON, as XML, or as either inside a form field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from milepost.carriers.toolkit.decoding import decode_bytes, form_fields, read_json
from milepost.carriers.toolkit.xmltree import as_tree, read_xml


def read_body(payload: bytes, fields: Sequence[str] = (), content_type: str | None = None) -> Any:
    """The body as JSON-like data (XML through `as_tree`); PayloadError if it is neither.

    `fields` are the form fields that may hold it.
    """
    text = decode_bytes(payload, content_type).strip()
    if text[:1] not in {"{", "[", "<"} and "=" in text:
        given = form_fields(text)
        text = next((given[name].strip() for name in fields if name in given), text)
    return as_tree(read_xml(text)) if text[:1] == "<" else read_json(text)
