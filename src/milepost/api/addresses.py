"""`POST /v1/addresses/check`: addresses and phones judged at order time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from milepost.addresses import Address, Checked, Reason, check, text_of
from milepost.addresses.learned import Table
from milepost.addresses.model import Parts, Phone, Severity, Verdict
from milepost.addresses.reasons import LANGUAGES
from milepost.web.endpoint import Call, Endpoint

MOST = 1000
Many = Annotated[list[Address], Meta(max_length=MOST)]
LearnedOf = Callable[[int], Awaitable[Table]]


class ToldReason(Struct, frozen=True, kw_only=True):
    """A reason with its text in each language. `choices` where several repairs fit."""

    code: str
    field: str
    severity: Severity
    found: str | None
    repair: str | None
    choices: tuple[str, ...]
    text: dict[str, str]


class CheckedAddress(Struct, frozen=True, kw_only=True):
    """`score_pm`: 1000 is without a flaw. `repaired` is the address with the repairs put in.

    `area_failed_pm`: of 1,000 deliveries to this area so many failed, as far as is known.
    """

    score_pm: int
    verdict: Verdict
    parts: Parts
    phone: Phone | None
    reasons: list[ToldReason]
    repaired: str | None
    area: str | None
    area_failed_pm: int | None


class CheckAnswer(Struct, frozen=True):
    """In the order of the question."""

    results: list[CheckedAddress]


def endpoints(learned_of: LearnedOf) -> list[Endpoint]:
    return [
        Endpoint(
            method="POST",
            path="/v1/addresses/check",
            handler=partial(check_many, learned_of),
            summary="Check one address, or up to 1,000",
            body=Address | Many,
            answer=CheckAnswer,
            tag="addresses",
        )
    ]


async def check_many(learned_of: LearnedOf, call: Call) -> CheckAnswer:
    wanted = call.body if isinstance(call.body, list) else [call.body]
    learned = await learned_of(call.caller.tenant)
    return CheckAnswer([told(check(one, learned)) for one in wanted])


def told(checked: Checked) -> CheckedAddress:
    """The answer with its reasons in words."""
    return CheckedAddress(
        score_pm=checked.score_pm,
        verdict=checked.verdict,
        parts=checked.parts,
        phone=checked.phone,
        reasons=[_told(one) for one in checked.reasons],
        repaired=checked.repaired,
        area=checked.area,
        area_failed_pm=checked.area_failed_pm,
    )


def _told(one: Reason) -> ToldReason:
    return ToldReason(
        code=one.code,
        field=one.field,
        severity=one.severity,
        found=one.found,
        repair=one.repair,
        choices=one.choices,
        text={language: text_of(one, language) for language in LANGUAGES},
    )
