"""Names inside Chinese and Japanese text, where no space parts words: longest match, left first."""

from __future__ import annotations

from milepost.places.gazetteer import City, Meaning, meaning_of

_LONGEST = 12
# "南京路" is a road, most often not in Nanjing.
_ROAD = ("路", "街", "大道", "大街", "巷", "弄", "胡同", "高速", "大厦", "酒店", "饭店", "银行")
_UNITS = ("省", "市", "区", "县", "州", "旗", "盟")
Known = tuple[City, str]


def meanings_in(word: str) -> list[Meaning]:
    """What the names inside one folded word mean, in their order."""
    found = []
    at = 0
    while at < len(word):
        size, meaning = _longest_at(word, at)
        if meaning is not None:
            found.append(meaning)
        at += size
    return found


def _longest_at(word: str, at: int) -> tuple[int, Meaning | None]:
    for size in range(min(_LONGEST, len(word) - at), 1, -1):
        name = word[at : at + size]
        if name.isascii():
            continue
        meaning = meaning_of(name)
        if meaning is not None:
            is_road = word.startswith(_ROAD, at + size) and not name.endswith(_UNITS)
            return size, None if is_road else meaning
    return 1, None


def narrowed(meanings: list[Meaning]) -> tuple[Known, ...]:
    """The cities that the names speak of together: later names only make earlier ones finer."""
    known: tuple[Known, ...] = ()
    for meaning in meanings:
        if not meaning.cities:
            continue
        known = _finer(known, meaning.cities) or known if known else meaning.cities
    return known


def _finer(known: tuple[Known, ...], later: tuple[Known, ...]) -> tuple[Known, ...]:
    same = tuple(one for one in known if any(one[0] == other[0] for other in later))
    if same:
        return same
    regions = {(city.country, city.region) for city, _ in known if city.region}
    within = (one for one in later if one[1] != "a")  # a town of the same name is no part of it
    return tuple(one for one in within if (one[0].country, one[0].region) in regions)
