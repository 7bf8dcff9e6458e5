"""What the page says of a track."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from milepost.domain.place import Place
from milepost.domain.track import Arrival, Track
from milepost.pages.view.arrival import arrival_sentence
from milepost.pages.view.buyer import BuyerView, buyer_view
from milepost.pages.view.reader import Reader
from unit.pages import samples
from unit.pages.fake import NAMES


def reader(locale: str = "en", now: datetime = samples.NOW) -> Reader:
    return Reader(locale, now, lambda slug, locale: NAMES.get(slug, {}).get(locale, slug))


def view(track: Track, locale: str = "en", now: datetime = samples.NOW) -> BuyerView:
    return buyer_view(track, reader(locale, now))


def said(
    arrival: Arrival, locale: str = "en", now: datetime = samples.NOW
) -> tuple[str | None, ...]:
    sentence = arrival_sentence(arrival, reader(locale, now))
    return sentence.kicker, plain(sentence.head), sentence.rest


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


BEFORE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WINDOW = samples.predicted("2026-11-25T14:00:00+01:00", "2026-11-25T18:00:00+01:00")


def test_a_predicted_window() -> None:
    assert said(WINDOW, now=BEFORE) == ("Expected", "Wednesday 25 Nov", "most likely 14–18 h")
    assert said(WINDOW, "zh", BEFORE) == ("预计送达", "11月25日 星期三", "很可能在 14–18 时")
    assert said(WINDOW) == ("Expected tomorrow", "Wednesday 25 Nov", "most likely 14–18 h")


def test_today_is_called_today() -> None:
    window = samples.predicted("2026-11-24T14:30:00+01:00", "2026-11-24T18:00:00+01:00")

    assert said(window) == ("Expected Tuesday 24 Nov", "Today", "most likely 14:30–18:00")


def test_the_window_is_told_in_the_zone_of_the_destination() -> None:
    window = replace(
        WINDOW, earliest="2026-11-25T23:30:00+00:00", latest="2026-11-26T02:00:00+00:00"
    )

    sentence = arrival_sentence(window, reader(now=BEFORE))

    assert (sentence.head, sentence.rest) == ("Thursday 26 Nov", "most likely 00:30–03:00")
    assert sentence.note is not None
    assert sentence.note.endswith("Times in Rome (UTC+1).")


def test_a_window_without_zone_or_offset_says_so() -> None:
    window = replace(
        WINDOW, earliest="2026-11-25T14:00:00", latest="2026-11-25T18:00:00", zone=None
    )

    sentence = arrival_sentence(window, reader(now=BEFORE))

    assert sentence.note is not None
    assert "zone unknown" in sentence.note


@pytest.mark.parametrize("zone", ["Not/AZone", "../../etc/passwd", ""])
def test_a_zone_that_is_none_is_left_alone(zone: str) -> None:
    assert said(replace(WINDOW, zone=zone), now=BEFORE)[2] == "most likely 14–18 h"


def test_promises_say_whose_they_are() -> None:
    carrier = samples.promised(None, "2026-11-26")
    shop = samples.promised("2026-11-26", "2026-11-28", source="merchant_promise")

    assert said(carrier) == ("The carrier says", "By Thursday 26 Nov", None)
    assert said(shop) == ("The shop says", "Thu 26 Nov – Sat 28 Nov", None)
    assert said(replace(carrier, latest="2026-11-24")) == (
        "The carrier says Tuesday 24 Nov",
        "Today",
        None,
    )


def test_a_window_that_has_passed_is_not_repeated_as_if_it_held() -> None:
    sentence = arrival_sentence(samples.promised(None, "2026-11-22"), reader())

    assert sentence.head == "No new date yet"
    assert sentence.note == "It was expected by Sun 22 Nov. That was the carrier’s own date."


def test_without_arrival_it_says_so() -> None:
    assert view(samples.stale()).sentence.head == "No date yet"


def test_delivered() -> None:
    shown = view(samples.delivered())

    assert plain(shown.sentence.head) == "Delivered Tue 24 Nov, 14:03"
    assert shown.last_seen is None
    assert shown.notices == []
    assert not shown.live
    assert [step.state for step in shown.steps] == ["reached"] * 5


def test_a_day_only_delivery_has_no_clock() -> None:
    track = samples.track(
        "CV1", "corriere",
        samples.scans([("2026-11-24T00:00:00+01:00", "delivered", None, None)],
                      number="CV1", carrier="corriere", quality="date_only"),
    )  # fmt: skip

    assert plain(view(track).sentence.head) == "Delivered Tue 24 Nov"
    assert view(track).history.newest[0].time.clock is None  # type: ignore[union-attr]


def test_waiting_at_a_station_names_the_place_and_what_to_do() -> None:
    shown = view(samples.waiting_at_station())

    assert (shown.sentence.head, shown.sentence.rest) == (
        "Ready to collect",
        "At Kiosk am Südtor, Lindenau",
    )
    assert shown.notices[0].do.startswith("Collect it")
    assert shown.steps[3].label == "Ready to collect"


def test_steps_of_a_return_end_at_the_sender() -> None:
    assert [step.label for step in view(samples.returned()).steps][-1] == "Returned"


def test_a_lost_parcel_is_not_a_reached_goal() -> None:
    steps = view(samples.lost()).steps

    assert [step.state for step in steps] == ["reached", "reached", "current", "open", "open"]
    assert steps[2].trouble


def test_an_open_step_has_no_date_even_if_another_parcel_got_there() -> None:
    assert view(samples.three_parcels()).steps[4].day is None


def test_a_finding_that_the_status_tells_is_not_said_twice() -> None:
    assert [notice.severity for notice in view(samples.customs_hold()).notices] == ["warning"]


def test_findings_are_told_with_what_to_do() -> None:
    track = replace(
        samples.on_the_way(),
        alerts=[samples.alert("possible_loss", "critical"), samples.alert("dwell")],
    )

    told = view(track).notices

    assert len(told) == 1
    assert told[0].severity == "critical"
    assert told[0].since == "Since Sun 22 Nov, 08:00"


def test_what_we_found_is_told_by_the_clock_of_the_newest_scan() -> None:
    ours = samples.alert("dwell", at="2026-11-22T07:00:00+00:00")
    track = replace(samples.on_the_way(), alerts=[ours])
    assert [one.since for one in view(track).notices] == ["Since Sun 22 Nov, 08:00"]


@pytest.mark.parametrize(
    ("rule", "severity", "told"),
    [("new_rule", "warning", 1), ("new_rule", "info", 0), ("unmapped_code", "warning", 0)],
)
def test_a_rule_without_words_for_buyers(rule: str, severity: str, told: int) -> None:
    track = replace(samples.on_the_way(), alerts=[samples.alert(rule, severity)])

    assert len(view(track).notices) == told


def test_a_cleared_alert_is_over() -> None:
    cleared = replace(samples.alert("dwell"), cleared_at="2026-11-23T08:00:00+01:00")

    assert view(replace(samples.on_the_way(), alerts=[cleared])).notices == []


def test_silence_is_said() -> None:
    assert view(samples.stale()).notices[0].what == "There has been no scan since Thu 12 Nov."


def test_hand_overs_are_entries_of_their_own() -> None:
    shown = view(samples.cross_border()).history
    rows = [*shown.newest, *shown.earlier]

    titles = [row.title for row in rows if row.tone == "handover"]
    assert titles == ["Handed over to Posta Civica", "Handed over to Transglobe Line"]
    assert rows[1].number == "RR558310251PT"
    assert len(shown.newest) == 3


def test_what_a_merchant_announces_late_is_no_news() -> None:
    """Registered when it was on its way already: nothing happened to the parcel then."""
    track = samples.on_the_way()
    told = replace(
        track.events[0], id="a0", sub="info_received.created", main="info_received",
        source="merchant", text=None, place=None,
    )  # fmt: skip
    usual = view(track).history
    late = view(replace(track, events=[*track.events, told])).history
    assert (late.newest, late.earlier) == (usual.newest, usual.earlier)
    first = view(replace(track, events=[told, *track.events])).history
    assert len(first.earlier) == len(usual.earlier) + 1


def test_a_time_without_a_zone_is_labelled_so() -> None:
    shown = view(samples.cross_border()).history
    naive = [
        row.time for row in [*shown.newest, *shown.earlier] if row.time and row.time.offset is None
    ]

    assert len(naive) == 4
    assert all(time.note == "local time, zone unknown" for time in naive)
    assert shown.has_naive


def test_last_seen_of_a_bare_clock_is_a_day_not_hours() -> None:
    event = replace(
        samples.on_the_way().events[-1], occurred_at="2026-11-23T20:00:00", time_quality="naive"
    )
    track = replace(samples.on_the_way(), events=[event])

    assert view(track).last_seen == "Last seen in Hub Bologna 2, Bologna, Mon 23 Nov"


def test_an_unread_text_is_a_note_not_a_status() -> None:
    event = replace(samples.on_the_way().events[-1], main="unknown", sub="unknown", text="Zqx 17")
    shown = view(replace(samples.on_the_way(), events=[event])).history.newest[0]

    assert (shown.title, shown.quote) == ("Note from the carrier", "Zqx 17")


def test_an_unknown_status_makes_no_claims() -> None:
    status = replace(samples.on_the_way().status, main="teleported", sub="teleported.twice")
    shown = view(replace(samples.on_the_way(), status=status))

    assert (shown.status, shown.tone, shown.steps) == ("Unknown", "wait", ())


@pytest.mark.parametrize(
    ("place", "label"),
    [
        (Place(name="Lyon, FR", country="FR"), "Lyon, FR"),
        (Place(name="Lyon, France", country="FR"), "Lyon, France"),
        (Place(name="Lyon", country="FR"), "Lyon, France"),
        (Place(city="Lyon", region="ARA", country="FR", postal_code="69001"), "Lyon, France"),
        (Place(latitude=1.0, longitude=2.0), None),
    ],
)
def test_places(place: Place, label: str | None) -> None:
    assert reader().place(place) == label


def test_each_parcel_has_a_card() -> None:
    shown = view(samples.three_parcels())

    assert shown.parcels is not None
    assert [parcel.label for parcel in shown.parcels.cards] == [
        "Parcel 1 of 3",
        "Parcel 2 of 3",
        "Parcel 3 of 3",
    ]
    assert shown.history.newest[0].parcel == "Parcel 1 of 3"
    assert shown.legs == []


def test_of_many_parcels_those_still_awaited_stand_first_and_the_rest_behind_a_fold() -> None:
    shown = view(samples.many_parcels()).parcels

    assert shown is not None
    assert [card.label for card in shown.cards] == [f"Parcel {n} of 20" for n in (2, 3, 5, 6)]
    assert len(shown) == 20
    assert [card.status for card in shown.folded[-7:]] == ["Delivered in person"] * 7
    assert [n for _, n in shown.tally] == [7, 7, 6]


def test_a_quotation_ends_with_its_last_word() -> None:
    event = replace(samples.on_the_way().events[-1], text=" Departed hub \n")

    shown = view(replace(samples.on_the_way(), events=[event])).history.newest[0]
    assert shown.quote == "Departed hub"


def test_countries_are_named_only_on_a_road_across_borders() -> None:
    assert view(samples.on_the_way()).route == "Roma → Verona"
    assert view(samples.cross_border(), "zh").route == "义乌, 中国 → Setúbal, 葡萄牙"


def test_a_scan_dated_ahead_is_not_called_future() -> None:
    event = replace(samples.on_the_way().events[-1], occurred_at="2026-11-24T13:00:00+01:00")
    track = replace(samples.on_the_way(), events=[event])

    assert view(track).last_seen == "Last seen in Hub Bologna 2, Bologna, just now"


def test_a_leg_of_nobody_known_is_no_hand_over() -> None:
    track = samples.cross_border()
    legs = [track.legs[0], replace(track.legs[1], carrier=None), track.legs[2]]

    shown = view(replace(track, legs=legs)).history

    assert not [row for row in [*shown.newest, *shown.earlier] if row.tone == "handover"]
