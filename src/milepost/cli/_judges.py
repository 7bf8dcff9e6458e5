"""Every finding that a judge can make, by name: for `milepost check`.

A judge is a module that settles findings of its own; it offers their names as `RULES`.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import milepost

_OFFERS = re.compile(r"^RULES\b.*= \(", re.MULTILINE)


def judged() -> list[str]:
    """The rules of all judges, sorted."""
    from milepost import rules
    from milepost.rules import whole

    offered = [name for module in _judges() for name in import_module(module).RULES]
    return sorted({*rules.all_rules(), *whole.all_rules(), *offered})


def _judges() -> list[str]:
    """Modules that offer `RULES`. Their text is searched: importing all would take seconds."""
    root = Path(milepost.__file__).parent
    return [
        ".".join(("milepost", *path.relative_to(root).with_suffix("").parts))
        for path in sorted(root.rglob("*.py"))
        if _OFFERS.search(path.read_text("utf-8"))
    ]
