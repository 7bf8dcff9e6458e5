"""From the best readings of the divisions to one reading, and reasons for what is wrong in it."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.addresses.divisions import Division, city_name_of, province_of
from milepost.addresses.model import Reason
from milepost.addresses.reasons import reason
from milepost.addresses.walk import Reading, Token

FIELDS = {1: "region", 2: "city", 3: "district"}
_MOST_CHOICES = 8


def explained(best: Sequence[Reading]) -> tuple[Reading, list[Reason]]:
    """One reading; where several are equally good, only what they agree on is kept."""
    top = best[0]
    ties = [one for one in best if one.score == top.score and one.end == top.end]
    places = list(dict.fromkeys(one.deepest for one in ties))
    if len(places) > 1 and top.rejected == ties[1].rejected:
        return _ambiguous(ties, [one for one in places if one is not None])
    reasons = [_corrected(token, meant) for token, meant in zip(top.taken, top.chosen, strict=True)]
    reasons += [_rejected(token, top) for token in top.rejected]
    reasons += [_repeated(token, at, top) for at, token in enumerate(top.taken)]
    return top, [one for one in reasons if one is not None]


def _ambiguous(ties: list[Reading], places: list[Division]) -> tuple[Reading, list[Reason]]:
    top, largest = ties[0], min(one.level for one in places)
    if len(whole := [one for one in places if one.level == largest]) == 1:
        # "吉林" alone is the province rather than the city
        return next(one for one in ties if one.deepest == whole[0]), []
    last = top.taken[-1]
    choices = [whole_name(one) for one in places[:_MOST_CHOICES]]
    field = FIELDS[max(one.level for one in places)]
    if last.kind == "alike":
        doubt = reason(f"{field}_unknown", field, last.text, choices=choices)
    else:
        doubt = reason("district_ambiguous", field, last.text, choices=choices)
    common = _common(places)
    kept = tuple(
        one for one in top.chosen if all(place.code.startswith(one.code) for place in places)
    )
    chosen = kept if kept or common is None else (common,)
    taken = top.taken[: len(chosen)]
    return Reading(top.score, top.end, taken, chosen, top.rejected), [doubt]


def _common(places: list[Division]) -> Division | None:
    provinces = {province_of(one) for one in places}
    return provinces.pop() if len(provinces) == 1 else None


def whole_name(one: Division) -> str:
    """Province, city and district in a row, without doubling a municipality."""
    parts = [province_of(one).name, city_name_of(one) if one.level > 1 else None]
    parts.append(one.name if one.level == 3 else None)
    return "".join(dict.fromkeys(part for part in parts if part))


def _corrected(token: Token, meant: Division) -> Reason | None:
    field = FIELDS[meant.level]
    if token.kind == "former":
        return reason("district_former", field, token.text, meant.name)
    if token.kind == "alike":
        return reason(f"{field}_lookalike", field, token.text, meant.name)
    return None


def _rejected(token: Token, top: Reading) -> Reason:
    deepest = top.deepest
    level = min((one.level for one in token.means), default=0)
    if token.kind == "alike" or deepest is None:
        field = FIELDS[min(3, (deepest.level if deepest else 0) + 1)]
        return reason(f"{field}_unknown", field, token.text)
    if level == 1:
        name = city_name_of(deepest) or deepest.name
        return reason("city_not_in_region", "region", name, province_of(deepest).name)
    field = FIELDS[level]
    near = [one for one in token.means if one.code[:2] == deepest.code[:2]] or list(token.means)
    code = "city_not_in_region" if level == 2 else "district_not_in_city"
    places = [whole_name(one) for one in near]
    repair = places[0] if len(places) == 1 else None
    return reason(code, field, token.text, repair, places[:_MOST_CHOICES] if repair is None else ())


def _repeated(token: Token, at: int, top: Reading) -> Reason | None:
    meant = top.chosen[at]
    twice = [place for place, one in enumerate(top.chosen) if one == meant]
    # "上海市上海市" is how forms put a municipality together.
    if len(twice) < 2 or at != twice[-1] or meant.level == 1:
        return None
    return reason("repeated", FIELDS[meant.level], token.text)
