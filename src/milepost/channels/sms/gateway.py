"""A tenant's gateway for text messages, as a template of an HTTP request."""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

_FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_KNOWN = {"to", "digits", "text", "sender", "id"}
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
Short = Annotated[str, Meta(max_length=2_000)]


class GatewaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the gateway is called. `{{to}}` (E.164), `{{digits}}` (without +), `{{text}}`,
    `{{sender}}` and `{{id}}` are filled in, each quoted as `url` and the kind of `body` need it.
    `refused`: a regular expression; an answer that it finds is a refusal although it came with 2xx.
    """

    url: Short
    method: Literal["POST", "PUT", "GET"] = "POST"
    headers: dict[str, Short] = {}
    body: Short = ""
    encoding: Literal["json", "form", "text"] = "json"
    sender: str = ""
    refused: str | None = None


class Request(Struct, frozen=True):
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded",
          "text": "text/plain; charset=utf-8"}  # fmt: skip


def check_phone(text: str) -> str:
    """The number in E.164. Raises ValueError."""
    number = re.sub(r"[\s().\-/]", "", text)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not _PHONE.fullmatch(number):
        raise ValueError("that is not a phone number with its country's code (+…)")
    return number


def request_of(settings: GatewaySettings, to: str, text: str, identity: str) -> Request:
    """The request that sends one text."""
    values = {"to": to, "digits": to.lstrip("+"), "text": text, "sender": settings.sender,
              "id": identity}  # fmt: skip
    kind = {"content-type": _TYPES[settings.encoding]} if settings.body else {}
    headers = {name.lower(): _filled(value, values, "text").replace("\n", " ")
               for name, value in settings.headers.items()}  # fmt: skip
    return Request(
        settings.method,
        _filled(settings.url, values, "form"),
        kind | headers,
        _filled(settings.body, values, settings.encoding).encode(),
    )


def problems(settings: GatewaySettings) -> list[str]:
    """What is wrong with the templates."""
    texts = [settings.url, settings.body, *settings.headers.values()]
    unknown = {name for text in texts for name in _FIELD.findall(text)} - _KNOWN
    found = [f"there is no field '{name}'" for name in sorted(unknown)]
    if settings.encoding == "json" and settings.body:
        try:
            json.loads(_FIELD.sub("x", settings.body))
        except ValueError as error:
            found.append(f"body: not JSON: {error}")
    if settings.refused is not None:
        try:
            re.compile(settings.refused)
        except re.error as error:
            found.append(f"refused: {error}")
    return found


def _filled(template: str, values: dict[str, str], encoding: str) -> str:
    return _FIELD.sub(lambda found: _quoted(values.get(found[1], ""), encoding), template)


def _quoted(value: str, encoding: str) -> str:
    if encoding == "json":
        return json.dumps(value, ensure_ascii=False)[1:-1]
    return quote(value, safe="") if encoding == "form" else value
