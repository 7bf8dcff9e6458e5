"""Bodies of calls, as several dialects read them: JSON objects, and forms of every kind."""

from __future__ import annotations

import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import msgspec

FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_BOM = b"\xef\xbb\xbf"
_INDEX = re.compile(r"\[([^\[\]]*)\]")


class BodyError(ValueError):
    """The body cannot be read."""


class NotJsonError(BodyError):
    """The body is no JSON at all."""


class NotAnObjectError(BodyError):
    """The body is JSON, but no object."""


class NotAFormError(BodyError):
    """The body is no form in UTF-8."""


def object_of(body: bytes, kind: str = "") -> dict[str, Any]:
    """The object of a body; none at all counts as an empty one. Raises BodyError.

    `kind` is its Content-Type: a form is read like `tracker[carrier]=USPS`.
    """
    text = body.removeprefix(_BOM).strip()
    # curl calls everything a form, JSON too.
    if is_form(kind) and not text.startswith((b"{", b"[")):
        return _nested(form_of(body, kind))
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJsonError from None
    if found is None:  # what Go makes of a body that was left out
        return {}
    if not isinstance(found, dict):
        raise NotAnObjectError
    return found


def without_mark(body: bytes) -> bytes:
    """A body without the byte order mark that some systems put before every text."""
    return body.removeprefix(_BOM)


def is_form(kind: str) -> bool:
    """Whether a Content-Type is that of a form."""
    return kind.strip().lower().startswith((FORM, _MULTIPART))


def form_of(body: bytes, kind: str = FORM, *, errors: str = "strict") -> dict[str, str]:
    """The fields of a form, those of `multipart/form-data` too, files left out. Raises
    NotAFormError for what is not UTF-8, unless `errors` says `replace`.
    """
    try:
        if kind.strip().lower().startswith(_MULTIPART):
            return _parts(body, kind, errors)
        text = body.removeprefix(_BOM).decode("utf-8", errors)
        return dict(parse_qsl(text, keep_blank_values=True, errors=errors))
    except ValueError:
        raise NotAFormError from None


def _parts(body: bytes, kind: str, errors: str) -> dict[str, str]:
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    fields: dict[str, str] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and part.get_filename() is None:
            fields[name] = content.decode("utf-8", errors)
    return fields


def _nested(fields: dict[str, str]) -> dict[str, Any]:
    """`a[b]=1` as `{"a": {"b": "1"}}`; `a[]` and `a[0]` as members of a list."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        first, _, _ = name.partition("[")
        at = found
        for key, following in _steps(first, _INDEX.findall(name)):
            at = at.setdefault(key, {}) if following else at
            if not isinstance(at, dict):
                raise NotAFormError
            if not following:
                at[key] = value
    return found


def _steps(first: str, more: list[str]) -> list[tuple[str, bool]]:
    """Each key with whether another follows."""
    keys = [first, *more]
    return [(key, place + 1 < len(keys)) for place, key in enumerate(keys)]
