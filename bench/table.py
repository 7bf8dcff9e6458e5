"""Writes the table in docs/performance.md from the results in bench/results.

python bench/table.py            write the table from what is there
python bench/table.py --run      measure everything first (about 20 minutes)
python bench/table.py --run query live
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin (bench/table.py) -->", "<!-- figures: end -->"
RUNS = {
    "ingest": ["ingest"],
    "ingest-shards": ["ingest", "--shards", "2"],
    "ingest-long": ["ingest", "--long"],
    "query": ["query"],
    "list": ["list"],
    "list-combinations": ["list", "--combinations"],
    "live": ["live"],
    "history": ["history"],
    "crash": ["crash"],
    "crash-shards": ["crash", "--shards", "2", "--times", "20"],
    "sensors": ["sensors"],
    "gateway": ["gateway", "--seconds", "60"],
    "proof": ["proof", "--events", "10000000"],
    "foresight": ["foresight"],
    "roads": ["roads"],
    "addresses": ["addresses"],
    "dialects": ["dialects"],
    "fanout": ["fanout"],
    "page": ["page"],
    "report": ["report", "--events", "20000000"],
}


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--run"]:
        for name in arguments[1:] or RUNS:
            measure(name)
    PAGE.write_text(placed(PAGE.read_text("utf-8"), table(results())), "utf-8")


def measure(name: str) -> None:
    """Run a benchmark and keep its result."""
    print(f"milepost bench {' '.join(RUNS[name])}", flush=True)
    command = [sys.executable, "-c", "from milepost.cli import main; main()", "bench", *RUNS[name]]
    done = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"  failed with {done.returncode}; the result before is kept")
        return
    RESULTS.mkdir(exist_ok=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    text = json.dumps(figures, indent=2, ensure_ascii=False) + "\n"
    (RESULTS / f"{name}.json").write_text(text, "utf-8")


def results() -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in RESULTS.glob("*.json")}


def table(found: dict[str, Any]) -> str:
    """The table in Markdown, and the machines that the figures are from."""
    rows = tomllib.loads((HERE / "figures.toml").read_text("utf-8"))["row"]
    lines = ["| figure | measured | goal | |", "|---|---|---|---|"]
    for row in rows:
        value = dug(found.get(row["file"]), row["figure"])
        goal, met = judged(row, value)
        lines.append(f"| {row['words']} | {shown(value)} | {goal} | {met} |")
    return "\n".join([*lines, "", *machines(found)])


def dug(figures: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    for name in path.split("."):
        figures = figures.get(name) if isinstance(figures, dict) else None
    return figures


def judged(row: dict[str, Any], value: float | None) -> tuple[str, str]:
    """The goal in words, and whether it is met."""
    for kind, sign in (("least", "≥"), ("most", "≤")):
        if kind in row:
            goal = row[kind]
            if value is None:
                return f"{sign} {goal:,}", ""
            met = value >= goal if kind == "least" else value <= goal
            return f"{sign} {goal:,}", "met" if met else "**not met**"
    return "", ""


def shown(value: float | None) -> str:
    return "not yet measured" if value is None else f"{value:,}"


def machines(found: dict[str, Any]) -> list[str]:
    """One line a result: when, on what, and how busy the machine was with other things."""
    lines = []
    for name, figures in sorted(found.items()):
        one = figures.get("machine")
        if one:
            lines.append(
                f"- `{name}`: {one['taken_at'][:16]}Z, {one['cores']} cores ({one['processor']}), "
                f"{one['memory_gib']} GiB, Python {one['python']}, PostgreSQL "
                f"{one['postgresql']}, load average before it {one['load']}"
            )
    return lines


def placed(page: str, new: str) -> str:
    """The page with the table between its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{PAGE} lacks the markers {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{new}\n{END}{after}"


if __name__ == "__main__":
    main(sys.argv[1:])
