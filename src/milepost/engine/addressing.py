"""The address of a shipment's consignee, checked at order time. Pure.

What is in doubt is told by field and by the code of its reason, so that nothing personal leaves
the vault with it.
"""

from __future__ import annotations

from milepost.addresses import Address, Checked, Reason, check
from milepost.addresses.check import BAD_PM, GOOD_PM
from milepost.addresses.reasons import score_of
from milepost.engine.personal import Party
from milepost.rules.learned import Doubt

# What an area's past says is no fault of the address.
_NOT_OF_IT = {"area_failing"}
_DETAILS = {"street_missing", "number_missing", "postal_code_missing", "district_missing",
            "region_missing", "city_missing", "country_missing", "empty"}  # fmt: skip


def address_of(party: Party) -> Address:
    """A consignee as the check takes it."""
    return Address(
        street="\n".join(party.lines),
        name=party.name or "",
        phone=party.phone,
        city=party.city or "",
        region=party.region or "",
        postal_code=party.postal_code or "",
        country=party.country or "",
    )


def doubt_of(party: Party | None) -> Doubt | None:
    """What is implausible of an address and its telephone number; None where nothing is."""
    told = doubts(party) if party is not None else []
    if not told:
        return None
    parts = tuple(dict.fromkeys(one.field for one in told))
    codes = tuple(dict.fromkeys(one.code for one in told))
    score_pm = score_of(told)
    return Doubt(parts, codes, score_pm, grave=score_pm < BAD_PM)


def doubts(party: Party) -> list[Reason]:
    """The reasons for which somebody should look at it; empty where it is plausible."""
    return doubts_in(party, check(address_of(party)))


def doubts_in(party: Party, checked: Checked) -> list[Reason]:
    """The same of what has been checked already."""
    if party == Party(name=party.name, email=party.email):
        return []
    told = reasons_in(party, checked)
    grave = any(one.severity == "critical" for one in told)
    return told if grave or score_of(told) < GOOD_PM else []


def reasons_in(party: Party, checked: Checked) -> list[Reason]:
    """Everything that could be better in an address, also where it will do as it is."""
    return _told(checked, whole=bool(party.lines))


def _told(checked: Checked, *, whole: bool) -> list[Reason]:
    """The reasons that count. Who gives a town only has not forgotten the street."""
    spared = _NOT_OF_IT if whole else _NOT_OF_IT | _DETAILS
    return [one for one in checked.reasons if one.severity != "info" and one.code not in spared]
