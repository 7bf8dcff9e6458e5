"""Make `pages/roadmap/land.bin.gz`: the world's land and borders, small enough to draw anywhere.

    cd frontend && npm ci && python ../scripts/build_land.py

Source: Natural Earth 1:50m (public domain) as packed by npm's world-atlas. The file holds two
lists, rings of land and lines of borders; each list is its length, then each line's length and
its points as deltas of `STEP`, all of it as zigzag variable-length integers.
"""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ATLAS = ROOT / "frontend" / "node_modules" / "world-atlas"
OUT = ROOT / "src" / "milepost" / "pages" / "roadmap" / "land.bin.gz"
STEP = 0.02
TOLERANCE = 0.035
LEAST_AREA = 0.035

Point = tuple[float, float]
Line = list[Point]


def arcs_of(topology: dict) -> list[Line]:
    """The arcs in degrees."""
    (scale_x, scale_y), (move_x, move_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(line)
    return arcs


def thin(line: Line, tolerance: float) -> Line:
    """Douglas and Peucker: no point of the line is further from the result than the tolerance."""
    if len(line) < 3:
        return line
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        far, at = 0.0, None
        for index in range(first + 1, last):
            distance = off(line[index], line[first], line[last])
            if distance > far:
                far, at = distance, index
        if at is not None and far > tolerance:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [line[index] for index in sorted(keep)]


def off(point: Point, one: Point, other: Point) -> float:
    """The distance of a point from a stretch."""
    (x, y), (x1, y1), (x2, y2) = point, one, other
    dx, dy = x2 - x1, y2 - y1
    long = dx * dx + dy * dy
    part = 0.0 if long == 0 else max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / long))
    return float(((x - x1 - part * dx) ** 2 + (y - y1 - part * dy) ** 2) ** 0.5)


def area(ring: Line) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]))) / 2


def rings() -> list[Line]:
    """The outer rings and lakes of all land, big enough to be seen."""
    topology = json.loads((ATLAS / "land-50m.json").read_text())
    arcs = arcs_of(topology)
    found = []
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for parts in polygon:
                line: Line = []
                for index in parts:
                    piece = arcs[index] if index >= 0 else arcs[~index][::-1]
                    line += piece[1:] if line else piece
                half = len(line) // 2  # a ring has no ends: thinned in two halves
                found.append(thin(line[:half], TOLERANCE) + thin(line[half:], TOLERANCE))
    return [ring for ring in found if len(ring) > 3 and area(ring) > LEAST_AREA]


def borders() -> list[Line]:
    """Lines that two countries share."""
    topology = json.loads((ATLAS / "countries-50m.json").read_text())
    uses: dict[int, int] = {}

    def count(node: object) -> None:
        if isinstance(node, int):
            uses[node if node >= 0 else ~node] = uses.get(node if node >= 0 else ~node, 0) + 1
        else:
            for one in node:  # type: ignore[attr-defined]
                count(one)

    for geometry in topology["objects"]["countries"]["geometries"]:
        count(geometry.get("arcs", []))
    arcs = arcs_of(topology)
    return [thin(arcs[index], TOLERANCE * 1.6) for index, used in uses.items() if used > 1]


def packed(lines: list[Line]) -> bytearray:
    out = bytearray(number(len(lines)))
    for line in lines:
        points = [(round(x / STEP), round(y / STEP)) for x, y in line]
        out += number(len(points))
        for (x1, y1), (x2, y2) in pairwise([(0, 0), *points]):
            out += number(x2 - x1) + number(y2 - y1)
    return out


def number(value: int) -> bytes:
    """Zigzag, seven bits a byte."""
    value = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def main() -> None:
    land, lines = rings(), borders()
    data = gzip.compress(bytes(packed(land) + packed(lines)), 9, mtime=0)
    OUT.write_bytes(data)
    points = sum(map(len, land)), sum(map(len, lines))
    print(f"{len(land)} rings ({points[0]} points), {len(lines)} borders ({points[1]}):", len(data))


if __name__ == "__main__":
    main()
