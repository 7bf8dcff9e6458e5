"""Foresight: when it comes, with honest odds. Pure; trained models are an extra.

`estimate` answers for one shipment from a `Table`; `learn` and `refresh` keep the table.
"""

from __future__ import annotations

from milepost.eta.estimate import estimate
from milepost.eta.facts import DAY_US, Facts, Road, Seen, Spot, Window
from milepost.eta.learning import Quote, follow, learn, quote, refresh
from milepost.eta.many import estimate_many
from milepost.eta.risk import CustomsTable, Silence, SilenceTable
from milepost.eta.table import Table

__all__ = [
    "DAY_US", "CustomsTable", "Facts", "Quote", "Road", "Seen", "Silence", "SilenceTable", "Spot",
    "Table", "Window", "estimate", "estimate_many", "follow", "learn", "quote", "refresh",
]  # fmt: skip
