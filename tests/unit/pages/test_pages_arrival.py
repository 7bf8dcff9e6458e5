"""The big sentence from a predicted window, in every language."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from msgspec.structs import replace

from milepost.locale import LOCALES
from milepost.pages.view.arrival import Sentence, arrival_sentence
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.reader import Reader
from unit.pages import samples

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ONE_DAY = samples.foreseen(
    "2026-11-25T14:10:00+01:00", "2026-11-25T16:00:00+01:00", "2026-11-25T17:40:00+01:00"
)
DAYS = samples.foreseen(
    "2026-11-23T14:20:00+01:00", "2026-11-24T14:20:00+01:00", "2026-11-26T14:20:00+01:00"
)
PROMISE = samples.promised(None, "2026-11-24")
# (one day, its hours; several days, the likeliest)
SAID = {
    "ar": ("الأربعاء 25 نوفمبر", "على الأرجح 2–6 م",
           "بين الاثنين 23 والخميس 26 نوفمبر", "على الأرجح الثلاثاء 24"),
    "de": ("Mittwoch, 25. Nov.", "am ehesten 14–18 Uhr",
           "Zwischen Mo., 23. und Do., 26. Nov.", "am ehesten Di., 24."),
    "en": ("Wednesday 25 Nov", "most likely 14–18 h",
           "Between Mon 23 and Thu 26 Nov", "most likely Tue 24"),
    "es": ("Miércoles 25 nov", "lo más probable 14–18 h",
           "Entre el lun 23 y el jue 26 nov", "lo más probable, el mar 24"),
    "fr": ("Mercredi 25 nov.", "le plus probable 14–18 h",
           "Entre lun. 23 et jeu. 26 nov.", "le plus probable : mar. 24"),
    "ja": ("11月25日 水曜日", "14–18 時の見込み",
           "11月23日(月)から26日(木)の間", "24日(火)が最有力"),
    "ko": ("11월 25일 수요일", "오후 2시–6시가 가장 유력",
           "11월 23일 (월) ~ 26일 (목) 사이", "24일 (화) 도착이 가장 유력"),
    "pt-BR": ("Quarta-feira, 25 nov.", "mais provável 14–18 h",
              "Entre seg., 23 e qui., 26 nov.", "mais provável ter., 24"),
    "ru": ("Среда, 25 нояб.", "вероятнее всего 14–18 ч",
           "С пн, 23 по чт, 26 нояб.", "вероятнее всего вт, 24"),
    "th": ("วันพุธ 25 พ.ย.", "น่าจะ 14–18 น.",
           "ระหว่าง จ. 23 ถึง พฤ. 26 พ.ย.", "น่าจะเป็น อ. 24"),
    "vi": ("Thứ Tư, 25 thg 11", "nhiều khả năng 14–18 giờ",
           "Từ Th 2, 23 đến Th 5, 26 thg 11", "nhiều khả năng Th 3, 24"),
    "zh": ("11月25日 星期三", "很可能在 14–18 时",
           "11月23日 周一 至 26日 周四", "最可能 24日 周二"),
    "zh-Hant": ("11月25日 星期三", "很可能在 下午2時–6時",
                "11月23日 週一 至 26日 週四", "最可能 24日 週二"),
}  # fmt: skip


def reader(locale: str = "en", region: str | None = None, now: datetime = NOW) -> Reader:
    return Reader(locale, now, lambda slug, _: slug, region=region)


def plain(sentence: Sentence) -> tuple[str, str | None]:
    rest = sentence.rest
    return sentence.head.replace("\xa0", " "), rest.replace("\xa0", " ") if rest else None


@pytest.mark.parametrize("locale", LOCALES)
def test_a_day_with_its_hours(locale: str) -> None:
    assert plain(arrival_sentence(ONE_DAY, reader(locale))) == SAID[locale][:2]


@pytest.mark.parametrize("locale", LOCALES)
def test_several_days_and_the_likeliest(locale: str) -> None:
    assert plain(arrival_sentence(DAYS, reader(locale))) == SAID[locale][2:]


@pytest.mark.parametrize(
    ("locale", "region", "rest"),
    [
        ("en", "US", "most likely 2–6 pm"),
        ("en", "GB", "most likely 14–18 h"),
        ("es", "MX", "lo más probable 2–6 p.\u202fm."),
        ("ar", "MA", "على الأرجح الساعة 14–18"),
        ("en", "ZZ", "most likely 14–18 h"),
    ],
)
def test_the_region_decides_how_hours_are_counted(locale: str, region: str, rest: str) -> None:
    assert arrival_sentence(ONE_DAY, reader(locale, region)).rest == rest


def test_neighbouring_days_are_an_either_or() -> None:
    window = replace(DAYS, earliest="2026-11-25T08:00:00+01:00", likely=DAYS.latest)

    assert plain(arrival_sentence(window, reader())) == (
        "Wed 25 or Thu 26 Nov",
        "most likely Thu 26",
    )


def test_days_of_two_months_name_both() -> None:
    window = replace(DAYS, latest="2026-12-02T10:00:00+01:00")

    assert plain(arrival_sentence(window, reader())) == (
        "Between Mon 23 Nov and Wed 2 Dec",
        "most likely Tue 24 Nov",
    )


def test_days_of_two_years_name_the_other_year() -> None:
    window = samples.foreseen(
        "2026-12-30T10:00:00+01:00", "2026-12-31T10:00:00+01:00", "2027-01-02T10:00:00+01:00"
    )

    assert plain(arrival_sentence(window, reader()))[0] == "Between Wed 30 Dec and 2 Jan 2027"


def test_hours_that_say_nothing_are_left_out() -> None:
    window = replace(ONE_DAY, earliest="2026-11-25T03:00:00+01:00")

    assert plain(arrival_sentence(window, reader())) == ("Wednesday 25 Nov", None)


def test_a_guess_is_called_one_and_names_no_hours() -> None:
    sentence = arrival_sentence(replace(ONE_DAY, guess=True), reader())

    assert plain(sentence) == ("Wednesday 25 Nov", None)
    assert sentence.kicker == "A rough guess"
    assert sentence.note == "This is a guess: too few parcels have gone this way to know better."
    assert sentence.short == "Perhaps Wed 25 Nov"


@pytest.mark.parametrize(
    ("odds", "word"),
    [(0.95, "Almost certain"), (0.8, "Very likely"), (0.6, "Likely"), (0.3, "Uncertain")],
)
def test_odds_are_words_with_their_figure(odds: float, word: str) -> None:
    note = arrival_sentence(replace(DAYS, probability=odds), reader()).note

    assert note is not None
    assert note.startswith(f"{word}: about {odds:.0%} of comparable parcels")


@pytest.mark.parametrize(
    ("late_odds", "said"),
    [
        (0.7, "The carrier had said Tue 24 Nov. It will probably be later (70%)"),
        (0.1, "The promised date, Tue 24 Nov, should hold."),
    ],
)
def test_what_becomes_of_the_promise(late_odds: float, said: str) -> None:
    note = arrival_sentence(replace(DAYS, late_odds=late_odds), reader(), PROMISE).note

    assert note is not None
    assert said in note


def test_a_promise_that_has_passed_is_named_as_such() -> None:
    promise = samples.promised(None, "2026-11-20")
    note = arrival_sentence(replace(DAYS, late_odds=1.0), reader(), promise).note

    assert note is not None
    assert note.endswith("It was expected by Fri 20 Nov. That was the carrier’s own date.")


def test_a_promise_at_risk_is_not_said_twice() -> None:
    told = buyer_view(samples.held_up(), reader(now=samples.NOW)).notices

    assert [notice.what for notice in told] == [
        "The parcel was tipped over on the way, although it has to stay upright."
    ]


def test_of_two_findings_on_the_way_taken_the_worse_speaks() -> None:
    told = buyer_view(samples.guessed(), reader(now=samples.NOW)).notices

    assert [notice.what[:29] for notice in told] == ["The parcel took a wrong turn "]


def test_what_holds_it_up_and_until_when() -> None:
    (snow,) = buyer_view(samples.held_up(), reader(now=samples.NOW)).holdups

    assert snow.label == "Bad weather on the way"
    assert snow.title == "Neve sull'Appennino"
    assert snow.until == "Until Wed 25 Nov, 06:00."
    assert snow.delay == "It may take about 26 hours longer."


def test_a_hold_up_of_a_new_kind_and_without_end() -> None:
    track = samples.held_up()
    notice = replace(track.notices[0], kind="volcano", until=None, delay_h=0)
    (told,) = buyer_view(replace(track, notices=[notice]), reader()).holdups

    assert told.label == "Delays on the way"
    assert told.until == "The end is not known yet."
    assert told.delay is None


def test_nothing_holds_up_what_has_arrived() -> None:
    track = replace(samples.delivered(), notices=samples.held_up().notices)

    assert buyer_view(track, reader()).holdups == []


@pytest.mark.parametrize(("locale", "region"), list(product(LOCALES, (None, "US"))))
def test_no_full_stop_is_doubled(locale: str, region: str | None) -> None:
    view = buyer_view(samples.held_up(), reader(locale, region, samples.NOW))
    texts = [view.sentence.note or "", *(one.until for one in view.holdups)]

    assert not [text for text in texts if ".." in text]
