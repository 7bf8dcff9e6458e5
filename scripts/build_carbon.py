"""Build src/milepost/carbon/data: `lanes.tsv.gz` (sea lanes) and `ports.tsv` (UN/LOCODE ports).

    pip download --no-deps --no-binary :all: searoute==1.6.0 && tar xzf searoute-1.6.0.tar.gz
    npm pack sea-ports@0.0.9 && tar xzf sea-ports-0.0.9.tgz
    .venv/bin/python scripts/build_carbon.py --lanes searoute-1.6.0/searoute/data \\
        --ports package/lib

Sources and licences: src/milepost/carbon/data/NOTICE. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from milepost.carbon.sphere import great_circle_m

DATA = Path(__file__).resolve().parents[1] / "src/milepost/carbon/data"
Node = tuple[float, float]
Graph = dict[Node, dict[Node, tuple[int, str]]]


def graph_of(path: Path) -> Graph:
    """Nodes are (latitude, longitude); edges have metres and the passage that they lead through."""
    graph: Graph = defaultdict(dict)
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        shape, passage = feature["geometry"], feature["properties"].get("passage") or ""
        lines = shape["coordinates"]
        for line in lines if shape["type"] == "MultiLineString" else [lines]:
            for one, other in pairwise(line):
                join(graph, node(one), node(other), passage)
    return graph


def node(point: list[float]) -> Node:
    return round(point[1], 3), round((point[0] + 180) % 360 - 180, 3)


def join(graph: Graph, one: Node, other: Node, passage: str) -> None:
    if one != other:
        metres = great_circle_m(*one, *other)
        graph[one][other] = graph[other][one] = (metres, passage)


def contract(graph: Graph) -> None:
    """Nodes that only continue a lane go; those near ports stay findable by their neighbours."""
    for at in list(graph):
        near = graph[at]
        if len(near) != 2:
            continue
        (one, (first, passage)), (other, (second, same)) = near.items()
        metres = first + second
        # A lane may be left every 200 km or so, so that ports find it.
        if passage != same or metres > 200_000 or other in graph[one]:
            continue
        del graph[one][at], graph[other][at], graph[at]
        graph[one][other] = graph[other][one] = (metres, passage)


def largest(graph: Graph) -> set[Node]:
    """The nodes that can reach each other; lakes are left out."""
    left, best = set(graph), set()
    while left:
        found, todo = set(), [left.pop()]
        while todo:
            at = todo.pop()
            if at not in found:
                found.add(at)
                todo += graph[at]
        left -= found
        best = max(best, found, key=len)
    return best


def write_lanes(graph: Graph) -> None:
    nodes = sorted(largest(graph))
    number = {at: index for index, at in enumerate(nodes)}
    lines = [f"{latitude}\t{longitude}" for latitude, longitude in nodes]
    lines.append("")
    for at in nodes:
        for other, (metres, passage) in sorted(graph[at].items()):
            if at < other:
                lines.append(f"{number[at]}\t{number[other]}\t{metres // 100}\t{passage}")
    body = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    (DATA / "lanes.tsv.gz").write_bytes(body)
    print(f"{len(nodes)} nodes, {len(lines) - len(nodes) - 1} lanes, {len(body):,} bytes")


def write_ports(path: Path, other: Path) -> None:
    ports: dict[str, str] = {}
    # searoute's own list, a dictionary in a Python file, has ports that the other lacks
    text = other.read_text("utf-8")
    for (x, y), one in ast.literal_eval(
        text[text.index("=") + 1 :].split("\nedge_list")[0].strip()
    ).items():
        if one.get("port") and len(one["port"]) == 5:
            ports[one["port"]] = f"{one['port']}\t{one['name'].title()}\t{y:.3f}\t{x:.3f}"
    for code, one in json.loads(path.read_text("utf-8")).items():
        if one.get("coordinates") and len(code) == 5 and code not in ports:
            longitude, latitude = one["coordinates"]
            ports[code] = f"{code}\t{one['name']}\t{latitude:.3f}\t{longitude:.3f}"
    body = "\n".join(ports[code] for code in sorted(ports)) + "\n"
    (DATA / "ports.tsv").write_text(body, "utf-8")
    print(f"{len(ports)} ports, {len(body):,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=Path, required=True, help="searoute/data")
    parser.add_argument("--ports", type=Path, required=True, help="lib of sea-ports")
    given = parser.parse_args()
    graph = graph_of(given.lanes / "marnet_searoute.geojson")
    contract(graph)
    write_lanes(graph)
    write_ports(given.ports / "ports.json", given.lanes / "ports_dict.py")


if __name__ == "__main__":
    main()
