"""`milepost check`: is every connector, code table, number format, rule and locale well-formed?"""

from __future__ import annotations

from collections.abc import Callable

import click
import msgspec


def _connectors() -> list[str]:
    from milepost.carriers.checking import check_all

    return check_all()


def _numbers() -> list[str]:
    from milepost.identify import check_formats

    return check_formats()


def _rules() -> list[str]:
    from milepost import rules
    from milepost.engine.cases import kinds
    from milepost.rules import care, whole

    return [*rules.problems(), *whole.problems(), *care.problems(), *kinds.problems()]


def _locales() -> list[str]:
    from milepost import locale
    from milepost.cli._judges import judged
    from milepost.locale import norecord, notifying, papers
    from milepost.pages.console import words

    texts = locale.problems(judged())
    return [
        *texts,
        *notifying.problems(),
        *papers.problems(),
        *norecord.problems(),
        *words.problems(),
    ]


def _dialects() -> list[str]:
    from milepost import compat

    return compat.problems()


CHECKS: dict[str, Callable[[], list[str]]] = {
    "connectors": _connectors,
    "number formats": _numbers,
    "rules": _rules,
    "locales": _locales,
    "dialects": _dialects,
}


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_command(as_json: bool) -> None:
    """Validate everything that is found by being in a folder."""
    found = {name: check() for name, check in CHECKS.items()}
    if as_json:
        click.echo(msgspec.json.encode({"problems": found}).decode())
    else:
        _show(found)
    if any(found.values()):
        raise SystemExit(1)


def _show(found: dict[str, list[str]]) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for name, problems in found.items():
        mark = "[red]✗[/]" if problems else "[green]✓[/]"
        console.print(f"{mark} {name}" + (f": {len(problems)} problems" if problems else ""))
        for problem in problems:
            console.print(f"    {problem}", markup=False)
