"""Chinese addresses: the divisions are read and reconciled, the rest is split."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from milepost.addresses.corps import without_corps
from milepost.addresses.divisions import (
    DIRECT,
    MUNICIPALITIES,
    Division,
    city_name_of,
    districts_of_town,
    divisions,
    names,
    province_of,
    towns,
)
from milepost.addresses.explain import explained
from milepost.addresses.model import Parts, Reason
from milepost.addresses.reasons import reason
from milepost.addresses.street import Tail, cut_zone, split_tail
from milepost.addresses.walk import Reading, Token, readings, tokens_at, word_at

_CHUNKS = re.compile(r"[\s,，;；、/|]+")
# Without a suffix a name at the end of an address may be anything.
_SHORTEST_AT_END = 3


class Read(Struct, frozen=True):
    """The parts and what was noticed on the way."""

    parts: Parts
    reasons: tuple[Reason, ...]


def is_division(text: str) -> bool:
    """Whether the whole text is the name of a division."""
    return text in names()


def read_chinese(text: str) -> Read:
    """Parts of a cleaned text without name and phone. Never raises."""
    best, tail, reasons = _reading(without_corps(text))
    reading, doubts = explained(best)
    deepest = reading.deepest
    zone, tail = cut_zone(tail) if deepest is None or deepest.level < 3 else (None, tail)
    if zone is not None:
        deepest, tail = _below_zone(deepest, tail)
    found = split_tail(tail, _towns_of(deepest), zone)
    deepest, more = _with_town(deepest, found)
    reasons = [*reasons, *doubts, *more, *_missing(deepest, found, reading, doubts)]
    return Read(_parts(deepest, found), tuple(reasons))


def _below_zone(deepest: Division | None, tail: str) -> tuple[Division | None, str]:
    """雄安新区 and the like lie over districts, which may be written behind them."""
    if deepest is None:
        return None, tail
    for token in tokens_at(tail)[:1]:
        below = [one for one in token.means if one.level == 3 and one.code.startswith(deepest.code)]
        if token.kind == "full" and below:
            return below[0], tail[token.end :]
    return deepest, tail


def _reading(text: str) -> tuple[list[Reading], str, list[Reason]]:
    """The best readings, what follows the divisions, and whether the order was unusual."""
    if tokens := _tokens(text):
        best = readings(tokens)
        return best, text[best[0].end :], []
    turned = _turned_chunks(text) or _turned_end(text)
    if turned is None:
        return [Reading()], text, []
    best = readings(_tokens(turned))
    return best, turned[best[0].end :], [reason("order_unusual", "text")]


def _tokens(text: str) -> list[Token]:
    """Known names, and look-alikes where a word has a division's suffix and is none."""
    tokens = tokens_at(text)
    for _ in range(3):
        top = readings(tokens)[0]
        deepest = top.deepest
        if top.stopped or (deepest is not None and deepest.level == 3):
            break
        word = word_at(text, tokens[-1].end if tokens else 0, deepest)
        if word is None or not (word.means or tokens):
            break
        tokens = [*tokens, word, *tokens_at(text, word.end)]
    return tokens


def _turned_chunks(text: str) -> str | None:
    """Chunks that are names of divisions moved to the front, the largest first."""
    chunks = [chunk for chunk in _CHUNKS.split(text) if chunk]
    places = [chunk for chunk in chunks if _is_all_names(chunk)]
    if not places or len(places) == len(chunks):
        return None
    rest = [chunk for chunk in chunks if chunk not in places]
    return " ".join([*sorted(places, key=_level), *rest])


def _is_all_names(chunk: str) -> bool:
    tokens = tokens_at(chunk)
    return bool(tokens) and tokens[-1].end == len(chunk)


def _level(chunk: str) -> int:
    return min(one.level for one in tokens_at(chunk)[0].means)


def _turned_end(text: str) -> str | None:
    """The smallest first: "科技园路1号南山区深圳市广东省"."""
    for at in range(1, len(text) - _SHORTEST_AT_END + 1):
        tokens = tokens_at(text, at)
        if tokens and tokens[0].kind == "full" and tokens[-1].end == len(text):
            return "".join([*(one.text for one in reversed(tokens)), text[:at]])
    return None


def _towns_of(deepest: Division | None) -> tuple[str, ...]:
    if deepest is None or deepest.level == 1:
        return ()
    own = towns().get(deepest.code, ())
    return own if deepest.level == 3 or own else tuple(districts_of_town(deepest.code))


def _with_town(deepest: Division | None, tail: Tail) -> tuple[Division | None, list[Reason]]:
    """The town may tell the district, or contradict it."""
    if tail.town is None or (deepest is not None and deepest.level == 1):
        return deepest, []
    if deepest is None:
        return _home_of_town(tail.town)
    codes = districts_of_town(deepest.code[:4]).get(tail.town, ())
    if deepest.level == 2 and codes and deepest.code not in codes:
        homes = [divisions()[code] for code in codes if code in divisions()]
        if len(homes) == 1:
            name = homes[0].name
            return homes[0], [reason("district_inferred", "district", repair=name)]
        choices = [one.name for one in homes]
        return deepest, [reason("district_missing", "district", choices=choices)]
    if (
        deepest.level == 3
        and len(codes) == 1
        and codes[0] != deepest.code
        and codes[0] in divisions()
    ):
        home = divisions()[codes[0]].name
        return deepest, [reason("town_elsewhere", "town", tail.town, home)]
    return deepest, []


def _home_of_town(town: str) -> tuple[Division | None, list[Reason]]:
    """The district of a town whose name is the only one in the country."""
    codes = districts_of_town("").get(town, ())
    home = divisions().get(codes[0]) if len(codes) == 1 else None
    told = reason("district_inferred", "district", repair=home.name if home else None)
    return home, [told] if home else []


def _missing(
    deepest: Division | None, tail: Tail, reading: Reading, doubts: list[Reason]
) -> list[Reason]:
    told = {one.field for one in doubts}
    found: list[Reason] = []
    if tail.zone:
        found.append(reason("functional_zone", "district", tail.zone))
    elif deepest is None:
        missing = {"region": "region_missing", "city": "city_missing"}
        found += [reason(code, field) for field, code in missing.items() if field not in told]
    elif (
        deepest.level == 1 and deepest.code not in (*MUNICIPALITIES, *DIRECT) and "city" not in told
    ):
        found.append(reason("city_missing", "city"))
    elif "district" not in told and _lacks_district(deepest, tail):
        found.append(reason("district_missing", "district"))
    found += [one for one in _inferred(deepest, reading) if one.field not in told]
    if not tail.has_place:
        code = "number_missing" if tail.town and tail.rest else "street_missing"
        found.append(reason(code, "street"))
    elif not tail.is_numbered:
        found.append(reason("number_missing", "street", tail.street or tail.rest))
    return found


def _lacks_district(deepest: Division, tail: Tail) -> bool:
    """东莞 and 中山 have towns and no districts; in Hong Kong and Macau nobody writes them."""
    if deepest.code in DIRECT or deepest.level == 3 or (tail.town and deepest.code in towns()):
        return False
    return _has_districts(deepest.code)


@lru_cache(maxsize=1024)
def _has_districts(code: str) -> bool:
    return any(one.startswith(code) and len(one) == 6 for one in divisions())


def _inferred(deepest: Division | None, reading: Reading) -> list[Reason]:
    """Levels above that nobody wrote."""
    if deepest is None:
        return []
    levels = {one.level for one in reading.chosen}
    found = []
    if 1 not in levels and deepest.code[:2] not in (*MUNICIPALITIES, *DIRECT):
        found.append(reason("region_inferred", "region", repair=province_of(deepest).name))
    city = divisions().get(deepest.code[:4])
    if deepest.level == 3 and 2 not in levels and city is not None:
        found.append(reason("city_inferred", "city", repair=city.name))
    return found


def _parts(deepest: Division | None, tail: Tail) -> Parts:
    district = deepest.name if deepest is not None and deepest.level == 3 else tail.zone
    return Parts(
        country="CN",
        region=province_of(deepest).name if deepest else None,
        city=city_name_of(deepest) if deepest else None,
        district=district,
        town=tail.town,
        street=tail.street,
        rest=tail.rest,
        code=_official(deepest.code) if deepest else None,
    )


def _official(code: str) -> str:
    """Six digits; below Taiwan GB/T 2260 has none."""
    return "710000" if code.startswith("71") else code.ljust(6, "0")
