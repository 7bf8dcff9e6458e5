"""Who a row's shipment goes to, by the names of its columns; and what is wrong with the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from milepost.addresses import check, text_of
from milepost.engine.addressing import address_of, doubts_in, reasons_in
from milepost.engine.personal import Party
from milepost.wiring.tabular.meanings import columns_of

# One of these says that a row tells of somebody; a town alone may be the scan's.
_TELLING = {"name", "phone", "lines"}


class AddressNote(Struct, frozen=True, kw_only=True):
    """What is doubtful of a row's address. `row` counts from 1, without the columns' names.

    `parts` are the fields concerned, `said` the reasons in words (`said_zh` in Chinese), `repaired`
    the whole address with the proposed repairs put in, where there are any.
    """

    row: int
    number: str
    parts: list[str]
    reasons: list[str]
    said: list[str]
    said_zh: list[str]
    repaired: str | None
    score_pm: int


def consignee_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The consignee as `POST /v1/shipments` takes it; None where a row tells of nobody."""
    given = row.get("consignee")
    if isinstance(given, Mapping):
        return dict(given)
    found: dict[str, str] = {}
    for name, meaning in columns_of(tuple(row), "consignee"):
        value = row[name]
        if value not in (None, "") and not isinstance(value, (dict, list)):
            found.setdefault(meaning, str(value).strip())
    if not _TELLING & set(found):
        return None
    lines = [found.pop(name) for name in ("lines", "more") if name in found]
    split = [line.strip() for text in lines for line in text.splitlines() if line.strip()]
    return {**found, **({"lines": split} if split else {})}


def note_of(row: int, number: str, consignee: Mapping[str, Any]) -> AddressNote | None:
    """What is doubtful of an address, or could be repaired; None where nothing is, or it is no
    consignee at all.
    """
    try:
        party = msgspec.convert(dict(consignee), Party)
    except msgspec.ValidationError:
        return None  # the server says why when it is sent
    checked = check(address_of(party))
    told = doubts_in(party, checked) or [one for one in reasons_in(party, checked) if one.repair]
    if not told:
        return None
    return AddressNote(
        row=row, number=number, parts=list(dict.fromkeys(one.field for one in told)),
        reasons=[one.code for one in told], said=[text_of(one) for one in told],
        said_zh=[text_of(one, "zh") for one in told],
        repaired=checked.repaired, score_pm=checked.score_pm,
    )  # fmt: skip
