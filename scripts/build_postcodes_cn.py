"""Build src/milepost/addresses/data/postcodes_cn.tsv: the cities of China and the first four digits
of their postal codes.

    pip download --no-deps china-region==0.0.11 phone==0.4.5
    unzip china_region-0.0.11-py3-none-any.whl; tar xzf phone-0.4.5.tar.gz
    python scripts/build_postcodes_cn.py --counties china_region/region.csv \\
        --cities phone-0.4.5/phone/phone.dat

Names are read as addresses are, so that renamed counties come to today's city. Sources and
licences: src/milepost/addresses/data/NOTICE. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from milepost.addresses.chinese import read_chinese

OUT = Path(__file__).resolve().parents[1] / "src/milepost/addresses/data/postcodes_cn.tsv"
# One city each, so the province says as much; Taiwan, Hong Kong and Macau have other codes.
LEFT_OUT = ("11", "12", "31", "50", "71", "81", "82")


def counties(path: Path) -> Iterator[tuple[str, str]]:
    """Name and postal code of each county."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            county = row["county"] if row["county"] != row["city"] else ""
            yield row["province"] + row["city"] + county, row["zipCode"]


def cities(path: Path) -> Iterator[tuple[str, str]]:
    """The same of cities: records `province|city|code|area` up to the offset in the head."""
    packed = path.read_bytes()
    (end,) = struct.unpack("<I", packed[4:8])
    for record in packed[8:end].split(b"\0"):
        if record:
            province, city, code, _ = record.decode().split("|")
            yield (province + city if province != city else city), code


def city_of(name: str) -> str | None:
    """Four digits of GB/T 2260; six of a district that no city rules."""
    code = read_chinese(name).parts.code
    if code is None or code.endswith("0000") or code.startswith(LEFT_OUT):
        return None
    return code if code[2:4] == "90" else code[:4]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=Path, required=True)
    parser.add_argument("--cities", type=Path, required=True)
    given = parser.parse_args()
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in [*counties(given.counties), *cities(given.cities)]:
        city = city_of(name) if len(code) == 6 and code.isdigit() else None
        if city is not None:
            found[city].add(code[:4])
    lines = [f"{city}\t{' '.join(sorted(prefixes))}" for city, prefixes in sorted(found.items())]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines)} cities")


if __name__ == "__main__":
    main()
