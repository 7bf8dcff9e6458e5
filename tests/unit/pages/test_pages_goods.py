"""What the page says of goods that need care. Every number and place is invented."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from milepost.domain.care import CATEGORIES
from milepost.domain.place import Place
from milepost.domain.track import CheckView, Track
from milepost.locale import LOCALES
from milepost.locale.catalogue import has
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.care import GoodsView, Measured, _nodes, stage_of
from milepost.pages.view.cold import cold_view
from milepost.pages.view.reader import Reader
from milepost.rules.care import all_care
from unit.pages import samples
from unit.pages.fake import NAMES, FakeLookup, application
from unit.pages.markup import Markup
from unit.pages.samples import SAMPLES, Row, scans, track

ITALY, CHINA = Place(country="IT"), Place(country="CN")


def reader(locale: str = "en") -> Reader:
    return Reader(locale, samples.NOW, lambda slug, locale: NAMES.get(slug, {}).get(locale, slug))


def goods(found: Track, locale: str = "en") -> list[GoodsView]:
    return buyer_view(found, reader(locale)).goods


def of(name: str, category: str, *checks: CheckView) -> Track:
    return replace(SAMPLES[name], categories=[category], checks=list(checks))


def checked(name: str, at: str = "2026-11-24T08:02:00+01:00", *, passed: bool = True) -> CheckView:
    return CheckView(name=name, passed=passed, at=at, event="e1")


def states(found: Track, locale: str = "en") -> list[tuple[str, str, str | None]]:
    (one,) = goods(found, locale)
    return [(node.label, node.state, node.day) for node in one.nodes]


def border(*rows: tuple[str, Place | None]) -> Track:
    told: list[Row] = [
        (f"2026-11-{day:02}T10:00:00+08:00", sub, None, place)
        for day, (sub, place) in enumerate(rows, 10)
    ]
    events = scans(told, number="LX558310248CN", carrier="posta")
    return track("LX558310248CN", "posta", events, categories=["cross_border"],
                 origin=CHINA, destination=ITALY)  # fmt: skip


def crossing(*rows: tuple[str, Place | None]) -> list[str]:
    return [state for _, state, _ in states(border(*rows))]


def test_every_word_of_the_care_files_has_a_text_in_every_language() -> None:
    names = [f"goods.{part}.{one}" for part in ("kind", "ready") for one in CATEGORIES]
    for category, care in all_care().items():
        names += [f"goods.node.{one}" for one in care.nodes]
        names += [f"goods.label.{one}" for one in care.labels if one != category]

    assert [(name, one) for one in LOCALES for name in names if not has(name, one)] == []


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_step_has_a_meaning_and_its_checks_may_be_told(category: str) -> None:
    care = all_care()[category]

    assert all(stage_of(node, SAMPLES["on-the-way"], Measured()).state for node in care.nodes)
    for node in care.nodes:
        meant = _nodes()[node].checks if node in _nodes() else ()
        assert {*meant} <= {*care.checks, *care.nodes}


def test_a_plain_shipment_has_nothing_of_it() -> None:
    client = TestClient(application())

    assert goods(SAMPLES["on-the-way"]) == []
    page = client.get(f"/t/{SAMPLES['on-the-way'].number}").text
    assert 'class="kinds"' not in page
    assert 'id="goods"' not in page


def test_fragile_goods_tell_whether_the_packing_was_checked() -> None:
    silent = of("on-the-way", "fragile")
    (one,) = goods(silent)

    assert (one.name, one.labels) == ("Fragile", ("This way up",))
    assert one.ready is not None
    assert states(silent) == [("Packing checked", "missing", None)]
    told = of("on-the-way", "fragile", checked("packing", "2026-11-22T18:05:00+01:00"))
    assert states(told) == [("Packing checked", "reached", "22 Nov")]
    broken = of("on-the-way", "fragile", checked("packing", passed=False))
    assert [state for _, state, _ in states(broken)] == ["trouble"]


def test_the_packing_may_still_be_checked_before_anybody_has_it() -> None:
    early = replace(of("on-the-way", "fragile"), events=[], milestones=[])
    early = replace(early, status=replace(early.status, main="pending", sub="pending"))

    assert [state for _, state, _ in states(early)] == ["open"]


def test_high_value_says_what_to_have_ready_until_it_is_there() -> None:
    out = of("out-for-delivery", "high_value", checked("seal"))
    (one,) = goods(out)

    assert one.ready is not None
    assert "identity document" in one.ready
    assert [(node.state, node.word) for node in one.nodes] == [
        ("reached", "done"), ("open", "still to come"),
    ]  # fmt: skip
    there = of("delivered", "high_value", checked("seal"), checked("identity"))
    (one,) = goods(there)
    assert one.ready is None
    assert [node.state for node in one.nodes] == ["reached", "reached"]


def test_a_delivery_without_an_identity_check_says_so() -> None:
    assert [state for _, state, _ in states(of("delivered", "high_value"))] == ["missing"] * 2


def test_what_turns_back_has_nothing_still_to_come() -> None:
    (one,) = goods(of("returned", "high_value", checked("seal")))

    assert one.ready is None
    assert [node.label for node in one.nodes] == ["Seal checked"]


def test_the_cold_chain_goes_by_its_curve() -> None:
    found = replace(SAMPLES["cold-chain"], categories=["cold_chain"])
    curve = cold_view(samples.COLD, reader())
    assert curve is not None

    watched = stage_of("temperature_curve", found, Measured(samples.COLD, curve))

    assert watched.state == ("trouble" if curve.broken else "current")
    assert stage_of("temperature_curve", found, Measured()).state == "open"


def test_a_sensor_says_whether_it_was_cold_before_it_left() -> None:
    found = replace(SAMPLES["cold-chain"], categories=["cold_chain"])
    warm = replace(samples.COLD, most_mc=1_000)
    late = replace(samples.COLD, readings=samples.COLD.readings[-20:])

    cooled = [stage_of("pre_cooled", found, Measured(one)).state
              for one in (samples.COLD, warm, late, None)]  # fmt: skip

    assert cooled == ["reached", "trouble", "missing", "missing"]


def test_without_sensors_the_scans_temperatures_count() -> None:
    there = of("delivered", "cold_chain", checked("temperature_at_hand_over"))
    on_the_way = of("on-the-way", "cold_chain", checked("temperature_at_hand_over"))
    warm = of("on-the-way", "cold_chain", checked("temperature_at_hand_over", passed=False))

    found = [states(one)[1][1] for one in (there, on_the_way, warm)]

    assert found == ["reached", "current", "trouble"]


def test_bulky_goods_have_their_appointment() -> None:
    assert [state for _, state, _ in states(of("on-the-way", "bulky"))] == ["open", "open"]
    agreed = of("on-the-way", "bulky", checked("appointment"))
    assert [state for _, state, _ in states(agreed)] == ["reached", "open"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("picked_up", CHINA)], ["open", "open", "open"]),
        ([("picked_up", CHINA), ("customs.processing", CHINA)], ["current", "open", "open"]),
        ([("customs.processing", CHINA), ("customs.released", CHINA)], ["reached", "open", "open"]),
        ([("customs.released", CHINA), ("in_transit.departed_country", CHINA)],
         ["reached", "current", "open"]),
        ([("in_transit.departed_country", None)], ["reached", "current", "open"]),
        ([("in_transit.departed_country", None), ("customs.processing", None)],
         ["reached", "current", "current"]),
        ([("in_transit.departed_country", None), ("in_transit.arrived_country", None),
          ("customs.payment_required", None)], ["reached", "reached", "trouble"]),
        ([("picked_up", CHINA), ("customs.info_required", ITALY)],
         ["reached", "reached", "trouble"]),
        ([("in_transit.arrived_country", ITALY), ("customs.released", ITALY)], ["reached"] * 3),
        ([("customs.processing", ITALY), ("out_for_delivery", ITALY)], ["reached"] * 3),
        ([("picked_up", CHINA), ("delivered", None)], ["reached"] * 3),
    ],
)  # fmt: skip
def test_the_border_in_three_steps(
    rows: list[tuple[str, Place | None]], expected: list[str]
) -> None:
    assert crossing(*rows) == expected


def test_what_was_withdrawn_did_not_cross() -> None:
    found = border(("picked_up", CHINA), ("in_transit.departed_country", CHINA))
    events = [found.events[0], replace(found.events[1], retracted_by="e9")]

    assert [state for _, state, _ in states(replace(found, events=events))] == ["open"] * 3


ALL = replace(SAMPLES["customs-hold"], categories=list(CATEGORIES))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_with_every_category_in_every_language(locale: str) -> None:
    client = TestClient(application(FakeLookup([ALL])))
    path = f"/t/{ALL.number}?lang={locale}"
    text = client.get(path).text
    page = Markup(text)

    assert page.faults == []
    for one in goods(ALL, locale):
        assert text.count(one.name) >= 2, one
        for node in one.nodes:
            assert node.label in text
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    weight = sum(len(gzip.compress(client.get(url).content, 6)) for url in [path, *files])
    assert weight <= 20 * 1024


def test_the_live_part_has_it_too() -> None:
    later = datetime(2026, 11, 25, tzinfo=UTC)
    view = buyer_view(ALL, replace(reader("ar"), now=later))

    assert view.goods[0].name == "قابل للكسر"
