"""Reasons as codes: what each costs and says, read once from `data/reasons.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.addresses.model import Reason, Severity

LANGUAGES = ("en", "zh")


class Meaning(Struct, frozen=True, forbid_unknown_fields=True):
    """`cost_pm`: points of 1000 that the reason costs."""

    severity: Severity
    cost_pm: int
    en: str
    zh: str


def _load() -> dict[str, Meaning]:
    text = (files(__package__) / "data" / "reasons.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Meaning])


MEANINGS = _load()


def reason(
    code: str,
    field: str,
    found: str | None = None,
    repair: str | None = None,
    choices: Iterable[str] = (),
) -> Reason:
    """A reason of a known code. Raises KeyError for an unknown one."""
    return Reason(
        code=code,
        field=field,
        severity=MEANINGS[code].severity,
        found=found,
        repair=repair,
        choices=tuple(choices),
    )


def text_of(one: Reason, language: str = "en") -> str:
    """The reason in words. Raises AttributeError for a language other than en and zh."""
    pattern: str = getattr(MEANINGS[one.code], language)
    separator = "、" if language == "zh" else ", "
    choices = separator.join(one.choices)
    return pattern.format(found=one.found or "", repair=one.repair or "", choices=choices)


def score_of(reasons: Iterable[Reason]) -> int:
    """1000 less what each reason costs; never below 0."""
    return max(0, 1000 - sum(MEANINGS[one.code].cost_pm for one in reasons))
