"""What goes into a check of an address, and what comes out."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=1000)]
Severity = Literal["info", "warning", "critical"]
Verdict = Literal["good", "check", "bad"]
PhoneKind = Literal["mobile", "landline", "mobile_or_landline", "service", "voip", "unknown"]


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address as somebody typed it: one `text`, fields, or both.

    `country` is ISO 3166-1 alpha-2 (names are read too). `text` may hold name and phone as well.
    """

    text: Text = ""
    country: Text = ""
    name: Text = ""
    phone: Text | None = None
    region: Text = ""
    city: Text = ""
    district: Text = ""
    street: Text = ""
    postal_code: Text = ""


class Reason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong or was filled in. `code` names it; `reasons.toml` has its texts.

    `found` is what was written, `repair` what is proposed instead, `choices` where several fit.
    """

    code: str
    field: str
    severity: Severity
    found: str | None = None
    repair: str | None = None
    choices: tuple[str, ...] = ()


class Phone(Struct, frozen=True, kw_only=True):
    """`e164` is "+" and digits, None where nothing can be made of it. `possible` says the length
    fits, `valid` that the number range is in use.
    """

    raw: str
    e164: str | None
    country: str | None
    kind: PhoneKind
    possible: bool
    valid: bool


class Parts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address in its parts. `code` is GB/T 2260 in China, ISO 3166-2 of the region elsewhere.

    `region` is the province or state, `town` the 街道, 镇 or 乡 of a Chinese district, `street`
    the road with its number, `rest` what follows (building, floor, room).
    """

    country: str | None = None
    region: str | None = None
    city: str | None = None
    district: str | None = None
    town: str | None = None
    street: str | None = None
    rest: str | None = None
    postal_code: str | None = None
    code: str | None = None
    name: str | None = None


class Checked(Struct, frozen=True, kw_only=True):
    """The answer. `score_pm`: 1000 is an address without a flaw, 0 one that cannot be delivered.

    `repaired` is the whole address with every proposed repair put in, None where nothing changes.
    `area` is the key under which deliveries are learned ("CN-440305", "US-10013").
    """

    parts: Parts
    phone: Phone | None
    reasons: tuple[Reason, ...]
    score_pm: int
    verdict: Verdict
    repaired: str | None = None
    area: str | None = None
    area_failed_pm: int | None = None
