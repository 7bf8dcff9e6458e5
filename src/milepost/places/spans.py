"""What the segments of a place string speak of: hints of areas, and mentions of cities."""

from __future__ import annotations

from msgspec import Struct

from milepost.places import han
from milepost.places.area import Area, Hint, region_area
from milepost.places.gazetteer import City, Meaning
from milepost.places.names import PLAIN_CODE, Found, longest_at
from milepost.places.text import Segment, has_han


class Mention(Struct, frozen=True):
    """Cities that a name may mean. `whole`: the segment names nothing else. `lesser`: a code or a
    country's name, which stands for a city only if nothing else does.
    """

    cities: tuple[tuple[City, str], ...]
    whole: bool
    han: bool = False
    lesser: bool = False


class Reading(Struct, frozen=True):
    """All that a text says of where it is. `words`: where a postal code may be."""

    hints: list[Hint]
    mentions: list[Mention]
    words: tuple[str, ...]


def read(segments: list[Segment]) -> Reading:
    """The reading of all segments together."""
    hints: list[Hint] = []
    mentions: list[Mention] = []
    words: tuple[str, ...] = ()
    for segment in segments:
        _read_segment(segment, hints, mentions)
        words += segment.words
    if any(not mention.lesser for mention in mentions):
        mentions = [mention for mention in mentions if not mention.lesser]
    return Reading(hints, mentions, words)


def _read_segment(segment: Segment, hints: list[Hint], mentions: list[Mention]) -> None:
    found = []
    at = 0
    while at < len(segment.words):
        if has_han(segment.words[at]):
            _read_han(segment.words[at], hints, mentions)
            at += 1
            continue
        one = longest_at(segment, at)
        found.append(one)
        at += len(one.words)
    _read_found(found, hints, mentions)


def _read_han(word: str, hints: list[Hint], mentions: list[Mention]) -> None:
    meanings = han.meanings_in(word)
    hints += [Hint(_areas(meaning)) for meaning in meanings if _areas(meaning)]
    if cities := han.narrowed(meanings):
        mentions.append(Mention(cities, whole=True, han=True))


def _read_found(found: list[Found], hints: list[Hint], mentions: list[Mention]) -> None:
    named = [
        one for one in found if one.meaning is not None and not one.code and one.meaning.cities
    ]
    unknown = [one for one in found if one.meaning is None and not one.is_filler]
    numbered = any(one.is_numbered for one in found)
    for one in found:
        if one.meaning is None:
            continue
        if one.code:
            _read_code(one, found, hints, mentions)
            continue
        if one.is_area:
            ends_there = all(other.at < one.at for other in unknown)
            hints.append(Hint(_areas(one.meaning), weak=not ends_there))
        whole = len(named) == 1 and not unknown
        # "Otay Mesa" is not Mesa: a name may go on after a city's, but not begin before it
        leads = not numbered and all(other.at > one.at for other in unknown)
        if one.meaning.cities and (whole or leads):
            lesser = bool(one.meaning.countries)
            mentions.append(Mention(one.meaning.cities, whole, lesser=lesser))


def _read_code(one: Found, found: list[Found], hints: list[Hint], mentions: list[Mention]) -> None:
    meaning = one.meaning
    assert meaning is not None
    others = [other for other in found if other is not one and not other.is_filler]
    alone = all(other.is_area and not other.code for other in others)
    closing = all(other.at < one.at or other.is_area for other in others)
    airports = meaning.cities if alone else ()
    areas = _areas(meaning)
    plain = len(found) > 1 and bool(meaning.regions) and len(one.words[0]) == PLAIN_CODE
    if airports and areas and not _in_any(areas, airports):
        airports = ()  # "PER" is Peru or Perth: only another name tells
        alone = False
    areas += tuple(Area(city.country) for city, _ in airports)
    if areas and (alone or closing):
        hints.append(Hint(areas, weak=bool(airports) or not (alone or plain), is_code=True))
    if airports:
        mentions.append(Mention(airports, whole=True, lesser=True))


def _in_any(areas: tuple[Area, ...], cities: tuple[tuple[City, str], ...]) -> bool:
    return any(area.holds(city.country, city.region) for area in areas for city, _ in cities)


def _areas(meaning: Meaning) -> tuple[Area, ...]:
    countries = tuple(Area(country) for country in meaning.countries)
    return countries + tuple(region_area(region) for region in meaning.regions)
