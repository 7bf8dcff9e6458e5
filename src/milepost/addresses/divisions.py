"""The divisions of China by GB/T 2260: codes, names, and the short names people write."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from functools import cache
from importlib.resources import files

from msgspec import Struct

_PEOPLES = [
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯",
    "阿昌族",
    "普米族",
    "塔吉克",
    "怒族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "独龙族",
    "鄂伦春",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "各族",
    "蒙古",
]
_SUFFIX = re.compile(
    "(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|自治旗|地区|林区|矿区|特区|新区|省|市|区|县|盟|旗)$"
)
_AUTONOMOUS = re.compile("自治([州县旗])$")
_PEOPLE_TAIL = re.compile(f"(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})+$")
# Their whole name without "区" is too short or means something else.
_NO_ALIAS = frozenset({"城", "郊", "东", "西", "南", "北", "矿"})
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
DIRECT = ("81", "82")


class Division(Struct, frozen=True, gc=False):
    """`code` has 2 digits for a province, 4 for a city, 6 for a district."""

    code: str
    name: str

    @property
    def level(self) -> int:
        """1 province, 2 city, 3 district."""
        return len(self.code) // 2


def stem_of(name: str) -> str:
    """ "海西蒙古族藏族自治州" is "海西"; "" where nothing useful remains."""
    stem = _SUFFIX.sub("", name)
    if stem != name and name.endswith(("自治州", "自治县", "自治旗", "自治区")):
        bare = _PEOPLE_TAIL.sub("", stem)
        stem = bare if len(bare) > 1 else stem
    return "" if len(stem) < 2 or stem in _NO_ALIAS or stem == name else stem


@cache
def divisions() -> dict[str, Division]:
    """All divisions by code."""
    return {code: Division(code, name) for code, name in _lines("divisions.tsv")}


@cache
def names() -> dict[str, tuple[tuple[Division, bool], ...]]:
    """Name → divisions so called, and whether it is their full name."""
    found: dict[str, list[tuple[Division, bool]]] = defaultdict(list)
    for one in divisions().values():
        found[one.name].append((one, True))
        if stem := stem_of(one.name):
            found[stem].append((one, False))
            if short := _AUTONOMOUS.search(one.name):  # "凉山州", "积石山县" are as good as whole
                found[stem + short[1]].append((one, True))
    for name, code in (("内蒙", "15"), ("新界", "81"), ("臺灣", "71"), ("台湾", "71")):
        if not any(one.code == code for one, _ in found[name]):
            found[name].append((divisions()[code], False))
    return {name: tuple(ones) for name, ones in found.items()}


@cache
def by_first() -> dict[str, tuple[int, ...]]:
    """First character → lengths of the names that begin with it, longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in [*names(), *former()]:
        lengths[name[0]].add(len(name))
    return {char: tuple(sorted(found, reverse=True)) for char, found in lengths.items()}


@cache
def former() -> dict[str, tuple[tuple[str, Division], ...]]:
    """Abolished district's name → (code of its city, the division that it is in today)."""
    found: dict[str, list[tuple[str, Division]]] = defaultdict(list)
    for line in _text("former.tsv").splitlines():
        city, name, heir = line.split("\t")
        found[name].append((city, divisions()[heir]))
    return {name: tuple(ones) for name, ones in found.items()}


@cache
def children(code: str) -> tuple[Division, ...]:
    """The next level below a province or city; districts where a province has no cities."""
    wanted = len(code) + 2
    below = [one for one in divisions().values() if one.code.startswith(code) and one.code != code]
    near = [one for one in below if len(one.code) == wanted]
    loose = [one for one in below if len(one.code) == 6 and one.code[:4] not in divisions()]
    return tuple(near + (loose if wanted == 4 else []))


@cache
def towns() -> dict[str, tuple[str, ...]]:
    """District code (city code where it has none) → its 街道, 镇 and 乡."""
    packed = (files(__package__) / "data" / "towns.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return {code: tuple(rest.split()) for code, rest in (line.split("\t") for line in lines)}


@cache
def districts_of_town(city: str) -> dict[str, tuple[str, ...]]:
    """Town's name → codes of the districts that have it, in a city (4 digits) or anywhere ("")."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, ones in towns().items():
        if code.startswith(city):
            for town in ones:
                found[town].append(code)
    return {town: tuple(codes) for town, codes in found.items()}


def province_of(one: Division) -> Division:
    """The province that a division lies in, or itself."""
    return divisions()[one.code[:2]]


def city_of(one: Division) -> Division | None:
    """The city that a district lies in; None for those that a province rules directly."""
    return divisions().get(one.code[:4]) if one.level > 1 else None


def city_name_of(one: Division) -> str | None:
    """What stands for the city on a parcel: a municipality's own name, else the city's."""
    if one.code[:2] in MUNICIPALITIES or one.code[:2] in DIRECT:
        return province_of(one).name
    city = city_of(one)
    if city is not None:
        return city.name
    return one.name if one.level == 3 else None


def _lines(name: str) -> list[tuple[str, str]]:
    pairs = (line.split("\t") for line in _text(name).splitlines())
    return [(code, value) for code, value in pairs]


def _text(name: str) -> str:
    return (files(__package__) / "data" / name).read_text("utf-8")
