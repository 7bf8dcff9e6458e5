"""Invented closed roads by the million, made by DuckDB, for `milepost bench history`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from milepost.domain.place import Place
from milepost.domain.status import SUB_CODE
from milepost.stores.history.columns import STAGED
from milepost.stores.history.texts import MARKS

EVENTS_A_ROAD = 12
PLACES = 1_500
_BATCH_ROWS = 131_072
_LANGUAGES = ("zh", "en")


class Roads:
    """Makes roads 0, 1, 2 …; the same number always gives the same road."""

    def __init__(self) -> None:
        texts = files(__package__)
        words = tomllib.loads((texts / "history_phrases.toml").read_text("utf-8"))
        self._query = (texts / "history_roads.sql").read_text("utf-8")
        self._connection = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
        self._fill("place", list(_places(words["places"])))
        self._fill("phrase", list(_phrases(words["phrase"])))

    def _fill(self, name: str, rows: list[dict[str, Any]]) -> None:
        self._connection.register("made", pa.Table.from_pylist(rows))
        self._connection.execute(f"CREATE TABLE {name} AS FROM made")
        self._connection.unregister("made")

    def day(self, day: date, first: int, roads: int) -> Iterator[pa.RecordBatch]:
        """Staged batches of the roads `first` to `first + roads`, closed on `day`."""
        day_s = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        values = {"first": first, "roads": roads, "day_s": day_s, "places": PLACES}
        made = self._connection.sql(self._query, params=values)
        for batch in made.to_arrow_reader(_BATCH_ROWS):
            yield batch.cast(STAGED)


def _places(words: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for language in _LANGUAGES:
        cities, kinds = words[f"{language}_cities"], words[f"{language}_kinds"]
        for number in range(PLACES):
            city, kind = cities[number % len(cities)], kinds[number // 7 % len(kinds)]
            gap = "" if language == "zh" else " "
            name = f"{city}{gap}{kind}{gap}{number}"
            json = msgspec.json.encode(Place(name=name, city=city)).decode()
            yield {"language": language, "id": number, "name": name, "json": json}


def _phrases(phrases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for phrase in phrases:
        for language in _LANGUAGES:
            for style, text in enumerate(phrase[language]):
                folded = text.replace("{place}", MARKS[0]).replace("{next}", MARKS[1])
                yield {
                    "language": language,
                    "kind": phrase["kind"],
                    "style": style,
                    "text": folded,
                    "code": SUB_CODE[phrase["code"]],
                    "source_code": phrase["source_code"],
                }
