"""What the console's pages are made of, without a server."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from milepost.domain.alert import Policy
from milepost.engine.policy_terms import SETTABLE
from milepost.engine.worth import weight_us
from milepost.pages.console import menu
from milepost.pages.console.access import passwords, roles, sessions
from milepost.pages.console.curve import curve_of
from milepost.pages.console.filters import Filters
from milepost.pages.console.forms import Form
from milepost.pages.console.limits import RULES, fields_of, read
from milepost.pages.console.network import hubs_of
from milepost.pages.console.next_step import next_of
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.told import stops_of
from milepost.pages.console.words import (
    catalogue,
    known,
)
from milepost.stores.postgres.console.network import Passed
from milepost.stores.postgres.console.worries import Worry

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR_US = 3_600_000_000


def reader(locale: str = "en") -> ConsoleReader:
    return ConsoleReader(locale, NOW, lambda slug, _: slug.upper())


def worry(*rules: str, **more: Any) -> Worry:
    given = {
        "number": "A1", "road": 1, "rules": rules, "severity": 2, "since_s": 0, "due_us": 0,
        "rank_us": 0, "case_id": None, "case_kind": None, "waits_for": None, "owner": None,
        "carrier": None, "order_number": None, "destination": None, "value_minor": None,
        "currency": None, "acknowledged_by": None, "snoozed_us": 0,
    }  # fmt: skip
    return Worry(**(given | more))


def test_every_text_that_templates_name_is_there() -> None:
    folder = Path(str(files("milepost.pages.console") / "templates"))
    asked = {
        key
        for path in folder.rglob("*.html")
        for key in re.findall(r"\bt\('([a-z_.0-9]+)'[,)]", path.read_text("utf-8"))
    }

    assert asked - set(catalogue("en")) == set()


def test_money_and_time_left() -> None:
    assert reader().money(123_456, "EUR") == "€1,234.56"
    assert reader().money(1_200, "JPY") == "JP¥1,200"
    assert reader().left(int(NOW.timestamp() * 1e6) - 5 * HOUR_US) == "5h late"
    assert reader().left(int(NOW.timestamp() * 1e6) + 50 * HOUR_US) == "2d"


def test_times_keep_the_clock_of_their_source() -> None:
    assert reader().when("2026-11-19T23:30:00+08:00") == "19 Nov 23:30"


def test_roles_include_those_before() -> None:
    assert [roles.may("agent", one) for one in roles.ROLES] == [True, True, False, False]
    assert not roles.may("root", "viewer")


def test_the_menu_hides_what_a_role_may_not_open() -> None:
    names = [one.name for _, entries in menu.of("viewer") for one in entries]

    assert "worries" in names
    assert {"users", "keys", "import", "audit"}.isdisjoint(names)
    keys = [one.key for _, entries in menu.of("admin") for one in entries if one.key]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("password", "fault"),
    [("short", "account.too_short"), ("a" * 12, "account.too_plain"),
     ("x" * 201, "account.too_long"), ("correct horse battery", None)],
)  # fmt: skip
def test_new_passwords(password: str, fault: str | None) -> None:
    assert passwords.fault_of(password) == fault


async def test_passwords() -> None:
    keeper = passwords.Passwords()
    made = await keeper.hash("correct horse battery")

    assert await keeper.right("correct horse battery", made)
    assert not await keeper.right("correct horse", made)
    assert not await keeper.right("correct horse battery", None)


def test_the_token_of_forms_says_nothing_of_the_session() -> None:
    assert sessions.csrf_of("one") != sessions.csrf_of("two")
    assert "one" not in sessions.csrf_of("one")


def test_filters_drop_what_is_unknown_and_write_themselves_back() -> None:
    filters = Filters("/console", {"severity": "critical", "x": "1", "q": " "}, ("severity", "q"))

    assert filters.query == "severity=critical"
    assert filters.with_(q="A&B") == "/console?q=A%26B&severity=critical"
    assert filters.with_(severity=None) == "/console"


def test_next_steps() -> None:
    assert next_of(worry("failed_attempts")).action == "second_delivery"
    assert next_of(worry("no_movement")).action == "ask_carrier"
    assert next_of(worry("no_movement", case_id=3, waits_for="carrier")).action == "look"
    assert next_of(worry("failed_attempts", case_id=3, waits_for="merchant")).action == "work"
    assert next_of(worry("something_new")).action == "acknowledge"


def test_worth_counts_by_doublings() -> None:
    cheap, dear = weight_us(10_000, "EUR"), weight_us(1_000_000, "EUR")

    assert weight_us(None, "EUR") == 0
    assert 0 < cheap < dear < 4 * cheap


@pytest.mark.parametrize(
    ("value", "currency"),
    [(16_500, "JPY"), (155_000, "KRW"), (2_850_000, "VND"), (80_000, "CNY"), (11_000, "USD")],
)
def test_worth_counts_alike_in_every_currency(value: int, currency: str) -> None:
    """About a hundred euros each, within one doubling."""
    assert abs(weight_us(value, currency) - weight_us(10_000, "EUR")) < weight_us(100, "EUR")


def test_policy_form_has_every_limit() -> None:
    fields = fields_of({"dwell_s": 43_200, "sign_off": ["identity"]})

    assert {one.name for one in fields} == SETTABLE
    by_name = {one.name: one for one in fields}
    assert (by_name["dwell_s"].value, by_name["dwell_s"].unit) == (12, "h")
    assert by_name["lost_after_s"].usual == "14 d"
    assert (by_name["failed_attempts"].least, by_name["failed_attempts"].most) == (1, 100)
    assert by_name["sign_off"].choices == ("identity", "photograph", "signature")


def test_policy_form_reads_what_it_shows() -> None:
    pairs = [("dwell_s", "1.5"), ("dwell_s.unit", "h"), ("failed_attempts", "3"),
             ("sign_off", "identity"), ("lost_after_s", "")]  # fmt: skip
    values, fields = read(Form(pairs, {}))

    assert not any(one.fault for one in fields)
    assert values == {"dwell_s": 5_400, "failed_attempts": 3, "sign_off": ["identity"]}
    assert set(values) <= set(Policy.__struct_fields__)


def test_policy_form_says_what_is_wrong_where_it_is() -> None:
    pairs = [("dwell_s", "soon"), ("lost_after_s", "9000"), ("lost_after_s.unit", "d"),
             ("failed_attempts", "0"), ("detour_pm", "12,5"), ("clock_skew_s", "nan"),
             ("far_from_address_m", "1.5")]  # fmt: skip
    values, fields = read(Form(pairs, {}))

    assert values == {"detour_pm": 125}
    assert {one.name: (one.fault, one.value) for one in fields if one.fault} == {
        "dwell_s": ("no_number", "soon"),
        "lost_after_s": ("out_of_reach", "9000"),
        "failed_attempts": ("out_of_reach", "0"),
        "clock_skew_s": ("no_number", "nan"),
        "far_from_address_m": ("no_number", "1.5"),
    }
    assert next(one for one in fields if one.name == "lost_after_s").reach == "1 min – 366 d"


def test_every_limit_has_help_and_its_rule() -> None:
    assert set(RULES) == SETTABLE
    assert all(known(f"limit_help.{one}") and known(f"limit.{one}") for one in SETTABLE)


def test_curves_break_at_silences() -> None:
    points = [{"at": f"2026-11-20T0{n}:00:00+00:00", "value": n} for n in range(6)]
    gaps = [{"since": points[2]["at"], "until": points[3]["at"]}]
    curve = curve_of({"points": points, "gaps": gaps, "unit": "°C", "excursions": []})

    assert len(curve.paths) == 2
    assert (curve.lowest, curve.highest) == (0, 5)


def test_hubs_have_dwell_and_backlog() -> None:
    recent = [Passed(1, 0, "Hub", "", 10, 6, 7_200, 2), Passed(1, 0, "Hub", "Next", 3, 0, 60, 1)]
    week = [Passed(1, 0, "Hub", "", 30, 21, 0, 0)]
    (hub,) = hubs_of(recent, week)

    assert (hub.came, hub.went, hub.dwell_s, hub.backlog) == (10, 6, 3_600, 9)


def test_a_stop_with_the_buyer_is_no_place() -> None:
    hub = {"node": {"name": "Hub"}, "odds": 1.0}
    door = {"node": None, "odds": 1.0}

    assert stops_of({"parcels": [{"stops": []}, {"stops": [hub, door]}]}) == [hub]
    assert stops_of(None) == stops_of({"parcels": []}) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("usual_h", 4.1, "4h"), ("heard_pm", 987, "98.7%"), ("away_m", 2_345, "2,345 m"),
     ("peak_mc", -18_400, "-18.4 °C"), ("missing", "identity, signature", "identity, signature"),
     ("sub", "customs.pending", "Waiting for customs"), ("attempts", 3, "3"),
     ("limit_s", 7_200, "2h"), ("last_at", "2026-11-20T09:30:00+00:00", "20 Nov 09:30"),
     ("since", "2026-11-20T17:30:00+08:00", "20 Nov 09:30")],
)  # fmt: skip
def test_details_of_alerts_have_their_units(name: str, value: Any, said: str) -> None:
    assert reader().detail(name, value) == said


def test_units_are_said_in_words() -> None:
    assert reader().units("3 d") == "3 days"
    assert reader().units("10 m – 2,000 m") == "10 m – 2,000 m"
