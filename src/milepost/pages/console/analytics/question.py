"""What a page of analytics is about: report, grouping, span and filters, all in its address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct, structs

HOME = "/console/analytics"
FILTERS = ("carrier", "lane", "category")
_OTHERS = (
    "service", "origin", "origin_region", "origin_city", "destination", "destination_region",
    "destination_city", "weight", "season", "year", "month", "week", "day", "goods", "packing",
    "hs_chapter", "country", "code", "facility", "next_facility", "last_carrier",
)  # fmt: skip
SPANS = {"30d": 30, "90d": 90, "365d": 365}
_LONGEST = 200


class Question(Struct, frozen=True):
    """`by`: dimensions parted by a comma, empty for the usual one. `over`: time beside it.
    `filters` holds `from` and `to` (days) as well.
    """

    report: str = ""
    by: str = ""
    over: str = ""
    filters: dict[str, str] = {}

    @classmethod
    def of(cls, report: str, given: Mapping[str, str]) -> Question:
        """From an address; what is unknown in it is dropped."""
        kept = {
            name: text
            for name in ("from", "to", *FILTERS, *_OTHERS)
            if (text := given.get(name, "").replace("\x00", "")[:_LONGEST].strip())
        }
        by = given.get("by", "").replace("\x00", "")[:_LONGEST]
        return cls(report, by, given.get("over", "")[:_LONGEST].replace("\x00", ""), kept)

    def get(self, name: str) -> str:
        return self.filters.get(name, "")

    @property
    def query(self) -> dict[str, Any]:
        """As the API takes it."""
        by = ",".join(filter(None, (self.by, self.over)))
        return self.filters | ({"by": by} if by else {})

    def url(self, tail: str = "", **more: str) -> str:
        """The address of this question's page."""
        over = {"over": self.over} if self.over else {}
        by = {"by": self.by} if self.by else {}
        query = urlencode(by | over | self.filters | more)
        return f"{self.path}{tail}" + (f"?{query}" if query else "")

    @property
    def path(self) -> str:
        return f"{HOME}/{self.report}" if self.report else HOME

    @property
    def cleared(self) -> Question:
        """Without filters and span."""
        return structs.replace(self, filters={})

    def on(self, report: str) -> Question:
        """The same filters, another report."""
        return Question(report, filters=self.filters)

    def grouped(self, by: str, over: str = "") -> Question:
        return structs.replace(self, by=by, over=over)

    def filtered(self, **changed: str | None) -> Question:
        """With some filters set, or left out (None)."""
        names = {name.rstrip("_"): value for name, value in changed.items()}
        kept = {name: value for name, value in (self.filters | names).items() if value}
        return structs.replace(self, filters=kept)

    def of_last(self, days: int, now: datetime) -> Question:
        """Only of the days up to now."""
        return self.filtered(from_=f"{now - timedelta(days=days):%Y-%m-%d}", to=None)


def traced(link: str) -> str:
    """The page for what the API says is behind a figure."""
    return link.replace("/v1/reports/", f"{HOME}/", 1)
