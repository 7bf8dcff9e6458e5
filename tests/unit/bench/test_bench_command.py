import importlib.util
import json
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from click.testing import CliRunner

from milepost.bench.machine import machine
from milepost.bench.output import middle, quantile, show
from milepost.cli import main

ROOT = Path(__file__).parents[3]


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_table", ROOT / "bench" / "table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_benchmarks_are_found() -> None:
    shown = CliRunner().invoke(main, ["bench", "--help"]).output

    for name in ("ingest", "query", "list", "live", "history"):
        assert f"  {name} " in shown
    assert "  worker " not in shown


def test_an_unknown_benchmark_is_an_error() -> None:
    assert CliRunner().invoke(main, ["bench", "load"]).exit_code == 2


def test_json_is_one_object_on_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    show("title", machine("18.4"), as_json=True)

    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last)["postgresql"] == "18.4"
    assert json.loads(last)["cores"] >= 1


def test_a_table_names_nested_figures(capsys: pytest.CaptureFixture[str]) -> None:
    class Inner(msgspec.Struct):
        ratio: float

    class Outer(msgspec.Struct):
        filters: dict[str, Inner]
        events: int

    show("title", Outer({"text": Inner(1.5)}, 25_000), as_json=False)

    shown = capsys.readouterr().out
    assert "filters.text.ratio" in shown
    assert "25,000" in shown


def test_quantiles_are_measured_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert quantile(values, 0.5) == 51
    assert quantile(values, 0.99) == 100
    assert quantile([7.0], 0.99) == 7
    assert middle([1.0, 9.0, 2.226]) == 2.23


def test_the_table_says_what_is_met_and_what_is_not_measured() -> None:
    text = _table().table({"query": {"p99_ms": 12.5, "idle_ratio": 2.0}})

    assert "| 12.5 | ≤ 10 | **not met** |" in text
    assert "| 2.0 | ≤ 4 | met |" in text
    assert "| not yet measured | ≥ 25,000 |  |" in text


def test_the_table_is_put_between_its_markers() -> None:
    table = _table()
    page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"

    assert table.placed(page, "new") == f"before\n{table.BEGIN}\nnew\n{table.END}\nafter\n"
    assert table.BEGIN in table.PAGE.read_text("utf-8")
