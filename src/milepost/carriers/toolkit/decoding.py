"""Bytes to text and to JSON, whatever the sender's charset."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_MAX_FORM_LAYERS = 3


class PayloadError(ValueError):
    """The bytes as a whole are not what they should be."""


def decode_bytes(payload: bytes, content_type: str | None = None) -> str:
    """The text of a payload: by its byte order mark, else UTF-8, else the declared charset,
    else GB18030, else Latin-1 (which cannot fail). UTF-8 goes before the declared charset
    because senders often declare one charset and send UTF-8, and GBK text is hardly ever
    valid UTF-8 by chance.
    """
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(name, "replace")
    for name in ("utf-8", _declared(content_type), "gb18030"):
        try:
            return payload.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return payload.decode("latin-1")


def _declared(content_type: str | None) -> str:
    found = _CHARSET.search(content_type or "")
    # GB2312 and GBK are subsets of GB18030, and senders use characters beyond what they declare
    name = found.group(1).lower() if found else "gb18030"
    return "gb18030" if name in {"gb2312", "gbk", "cp936"} else name


def read_json(payload: bytes | str, content_type: str | None = None) -> Any:
    """The JSON value of a payload; PayloadError if it is none."""
    text = payload if isinstance(payload, str) else decode_bytes(payload, content_type)
    try:
        return msgspec.json.decode(text.strip())
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _lenient_json(text)


def _lenient_json(text: str) -> Any:
    # Raw tabs and newlines inside strings, and halves of surrogate pairs cut off by a length
    # limit, are the sender's slips: they must not lose a whole payload.
    try:
        return _without_surrogates(json.loads(text.strip(), strict=False))
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"not JSON: {error}") from None


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


def read_inner_json(value: Any) -> Any:
    """JSON that some senders wrap as text inside JSON; other values come back as they are."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        return read_json(value)
    return value


def form_fields(text: str) -> dict[str, str]:
    """The fields of a form-encoded body, percent-decoded once, in the sender's charset."""
    pairs = (part.partition("=") for part in text.strip().split("&") if "=" in part)
    return {_unquote(name): _unquote(value) for name, _, value in pairs}


def read_json_or_form(
    payload: bytes, field: str, content_type: str | None = None
) -> tuple[Any, dict[str, str]]:
    """The JSON of a bare body, or of one field of a form-encoded body however many times it was
    percent-encoded; and the form's fields. PayloadError if it is neither.
    """
    text = decode_bytes(payload, content_type).strip()
    if text[:1] in {"{", "["}:
        return read_json(text), {}
    fields = form_fields(text)
    if field not in fields:
        raise PayloadError(f"neither JSON nor a form with {field}")
    return read_json(_peel(fields[field])), fields


def step_into(body: Any, field: str) -> Any:
    """The value of a form's field that a sender put into a JSON object instead, else the body."""
    return read_inner_json(body.get(field, body)) if isinstance(body, dict) else body


def _peel(value: str) -> str:
    for _ in range(_MAX_FORM_LAYERS):
        if value.lstrip()[:1] in {"{", "["}:
            break
        value = _unquote(value)
    return value


def _unquote(value: str) -> str:
    return decode_bytes(unquote_to_bytes(value.replace("+", " ")))
