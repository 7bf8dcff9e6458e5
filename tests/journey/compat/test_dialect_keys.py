"""`milepost keys create --dialect`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from milepost.cli.keys import keys_group
from milepost.compat.core.discovery import all_dialects

pytest_plugins = ["pg"]
FIELDS = {
    "kdniao": ["EBusinessID", "ApiKey"],
    "kuaidi100": ["customer", "key", "secret"],
    "17track": ["token"],
    "aftership": ["api_key", "api_secret"],
    "easypost": ["api_key"],
    "shippo": ["token"],
}


def create(database: str, data: Path, *more: str) -> Result:
    given = ["create", "--tenant", "me", "--data", str(data), "--database", database, *more]
    return CliRunner().invoke(keys_group, given)


@pytest.mark.parametrize("dialect", FIELDS)
def test_fields(store_url: str, tmp_path: Path, dialect: str) -> None:
    made = create(store_url, tmp_path, "--dialect", dialect, "--json")

    assert made.exit_code == 0, made.output
    fields = json.loads(made.output.splitlines()[-1])
    assert list(fields) == FIELDS[dialect]
    assert all(fields.values())


def test_for_people_and_with_a_callback(store_url: str, tmp_path: Path) -> None:
    made = create(store_url, tmp_path, "--dialect", "kdniao", "--callback", "https://shop.example/")

    assert made.exit_code == 0, made.output
    assert "EBusinessID: " in made.output
    assert "ApiKey: " in made.output


@pytest.mark.parametrize(
    "given",
    [
        ("--dialect", "nobody"),
        ("--dialect", "kdniao", "--callback", "ftp://shop.example/"),
        ("--callback", "https://shop.example/"),
    ],
)
def test_refused(store_url: str, tmp_path: Path, given: tuple[str, ...]) -> None:
    made = create(store_url, tmp_path, *given)

    assert made.exit_code == 2
    assert "Error" in made.output


def test_every_dialect_is_listed_here() -> None:
    assert len(all_dialects()) == len(FIELDS)
