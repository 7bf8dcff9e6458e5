"""What a report answers, and the shipments behind a figure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Answer(Struct, frozen=True, kw_only=True):
    """A report. `rows`: the groups' values and figures, the largest group first; `links` name the
    figures that can be opened. `left_out`: groups beyond the limit.

    `open_counted` is false where more shipments are on the road than are counted one by one.
    Shares end in `_rate` with `_low` and `_high` (95 %), hours in `_h`. `small`: too few to say.
    """

    report: str
    title: str
    about: str
    by: list[str]
    filters: dict[str, str]
    at: str
    rows: list[dict[str, Any]]
    left_out: int
    open_counted: bool
    notes: list[str]
    synthetic: bool


class Behind(Struct, frozen=True, kw_only=True):
    """A shipment behind a figure. `item`: which of its stays, moves or troubles it is about."""

    shipment: str
    number: str
    item: int
    detail: dict[str, Any]


class BehindPage(Struct, frozen=True, kw_only=True):
    """One page; `next` is the cursor of the following one."""

    shipments: list[Behind]
    next: str | None
