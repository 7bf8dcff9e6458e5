"""Rows of the console's lists: when it comes, where it goes, why it stands there, who is next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.domain.case import Case
from milepost.domain.place import Place
from milepost.domain.track import Arrival
from milepost.pages.console.board import Ticket, _steps
from milepost.pages.console.coming import coming_of, country_of, destination_of
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.why import why_of
from milepost.pages.view.reader import Reader
from milepost.stores.postgres.console.worries import Worry

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
HOUR_US = 3_600_000_000


def arrival(earliest: str | None, latest: str, **more: Any) -> Arrival:
    given: dict[str, Any] = {"probability": None, "source": "lanes", "date_only": False,
                             "zone": "Europe/Berlin", "stated_at": None}  # fmt: skip
    return Arrival(earliest=earliest, latest=latest, **(given | more))


def reader(locale: str = "en") -> Reader:
    return Reader(locale, NOW, lambda slug, _: slug)


def test_a_prediction_has_its_odds_in_words() -> None:
    said = coming_of(
        arrival("2026-11-23T14:00:00+01:00", "2026-11-23T18:00:00+01:00", probability=0.8,
                likely="2026-11-23T16:00:00+01:00"), reader(),
    )  # fmt: skip
    assert said is not None
    assert said.when == "Mon 23 Nov, 14–18\N{NO-BREAK SPACE}h"
    assert said.sure == "Very likely · 80%"
    assert not said.late


def test_a_promise_says_whose_it_is_and_a_moment_is_no_span() -> None:
    at = "2026-11-21T02:00:00+01:00"
    said = coming_of(arrival(at, at, source="carrier_promise"), reader())
    assert said is not None
    assert said.when.startswith("tomorrow, by")
    assert said.sure == "promised by the carrier"
    assert coming_of(None, reader()) is None


def test_what_has_passed_is_late_and_a_guess_is_called_one() -> None:
    passed = coming_of(
        arrival(None, "2026-11-18T18:00:00+01:00", source="carrier_promise"), reader("zh")
    )
    assert passed is not None
    assert passed.late
    assert passed.when == "尚无新日期"
    breaking = coming_of(
        arrival("2026-11-21T08:00:00+01:00", "2026-11-25T18:00:00+01:00", probability=0.8,
                late_odds=0.67), reader(),
    )  # fmt: skip
    assert breaking is not None
    assert (breaking.sure, breaking.late) == ("67% later than promised", True)
    guess = coming_of(
        arrival("2026-11-21T08:00:00+01:00", "2026-11-25T18:00:00+01:00", guess=True), reader()
    )
    assert guess is not None
    assert guess.sure == "A rough guess"


def test_a_country_is_known_by_its_name_or_code_in_the_readers_language() -> None:
    assert country_of("Deutschland", "de") == "DE"
    assert country_of(" germany ", "zh") == "DE"
    assert country_of("德国", "zh") == "DE"
    assert country_of("fr", "en") == "FR"
    assert country_of("Berlin", "en") is None
    place = Place(city="Lyon", country="FR", facility="Depot 7")
    assert destination_of(place, reader()) == "Lyon, France"
    assert destination_of(None, reader()) == ""


def worry(due_h: float, weight_h: float, **more: Any) -> Worry:
    due_us = int((NOW_S + due_h * 3600) * 1_000_000)
    given: dict[str, Any] = {
        "number": "N1", "road": 1, "rules": ("lost",), "severity": 3, "since_s": NOW_S,
        "due_us": due_us, "rank_us": due_us - int(weight_h * HOUR_US), "case_id": None,
        "case_kind": None, "waits_for": None, "owner": None, "carrier": "sf",
        "order_number": None, "destination": None, "value_minor": 24_000, "currency": "EUR",
        "acknowledged_by": None, "snoozed_us": 0,
    }  # fmt: skip
    return Worry(**(given | more))


def test_a_row_says_its_deadline_and_what_its_worth_counts() -> None:
    console = ConsoleReader("en", NOW, lambda slug, _: slug)
    why = why_of(worry(4, 47), console)
    assert why.basis == "Critical: 4h"
    assert why.ahead == "counts 47h"
    assert "€240" in why.sentence
    assert "43h late" in why.sentence or "2d late" in why.sentence

    plain = why_of(worry(9, 0, case_id=7), console)
    assert (plain.basis, plain.ahead) == ("case deadline", "")
    assert why_of(worry(9, 0), console).basis == "first of its alerts"


def test_late_cases_stand_first_then_by_time_left_and_worth() -> None:
    def ticket(number: int, due_h: float, weight_h: float = 0) -> Ticket:
        due_us = int((NOW_S + due_h * 3600) * 1_000_000)
        case = Case(kind="report", number="N", opened_at_us=0, opened_by="a", side="merchant",
                    deadline_us=due_us)  # fmt: skip
        return Ticket(number, case, worry(due_h, weight_h), due_h < 0, False)

    tickets = [ticket(1, 5), ticket(2, 9, 40), ticket(3, -1), ticket(4, -9)]
    assert [one.id for one in sorted(tickets, key=lambda one: one.rank)] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("now", "side", "steps"),
    [("merchant", "carrier", ("asked_carrier",)), ("carrier", "merchant", ("carrier_answered",)),
     ("buyer", "merchant", ("buyer_answered",)), ("carrier", "buyer", ("asked_buyer",)),
     ("carrier", "carrier", ())],
)  # fmt: skip
def test_a_move_is_the_step_that_makes_it_their_turn(
    now: str, side: str, steps: tuple[str, ...]
) -> None:
    assert _steps(now, side) == steps


def test_units_and_measures_in_the_readers_words() -> None:
    console = ConsoleReader("en", NOW, lambda slug, _: slug)
    assert console.units("1 min – 366 d") == "1 minute – 366 days"
    assert console.units("10 m – 1,000 m") == "10 m – 1,000 m"
    assert console.measured("humidity_pct", 57) == "Humidity: 57%"
    chinese = ConsoleReader("zh", NOW, lambda slug, _: slug)
    assert chinese.measured("temperature_c", 5.0) == "温度: 5°C"
