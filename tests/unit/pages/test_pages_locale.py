"""The catalogues are whole, and a reader gets the right one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milepost.domain.status import MAINS, STATUSES, main_of
from milepost.locale import (
    LOCALES,
    UnknownTextError,
    catalogue,
    dates,
    negotiate,
    problems,
    status_label,
    translate,
)
from milepost.pages.view.notices import ADVICE
from milepost.rules import all_rules


def test_catalogues_are_whole() -> None:
    assert problems(all_rules()) == []


def test_problems_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = dict(catalogue.CATALOGUES["zh"])
    del broken["main.delivered"]
    broken["buyer.history"] = ""
    broken["buyer.next_place"] = "下一站"
    broken["extra"] = "多余"
    broken["buyer.earlier"] = {"one": "一条"}
    monkeypatch.setitem(catalogue.CATALOGUES, "zh", broken)

    found = problems(["no_such_rule"])

    assert "zh.toml: main.delivered is missing" in found
    assert "zh.toml: buyer.history is empty" in found
    assert "zh.toml: buyer.next_place has the fields [], not ['place']" in found
    assert "zh.toml: extra is in no other" in found
    assert "zh.toml: buyer.earlier needs the plural forms ['other']" in found
    assert "en.toml: rule.no_such_rule.what is missing" in found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("sub", [*STATUSES, *MAINS])
def test_every_status_has_a_label(locale: str, sub: str) -> None:
    label = status_label(sub, locale)

    assert label
    assert "." not in label


def test_an_unknown_sub_is_shown_as_its_main() -> None:
    assert status_label("in_transit.by_balloon", "en") == "On the way"
    assert status_label("no_such_main", "zh") == "未知"


def test_every_trouble_tells_what_to_do() -> None:
    told = set(ADVICE)

    for status in STATUSES.values():
        if status.trouble and not status.sub.startswith("pending"):
            assert {status.sub, main_of(status.sub)} & told, status.sub


def test_translate_chooses_the_plural() -> None:
    assert translate("buyer.earlier", "en", n=1) == "Show 1 earlier entry"
    assert translate("buyer.earlier", "en", n=7) == "Show 7 earlier entries"
    assert translate("buyer.earlier", "zh", n=1) == "展开更早的 1 条记录"


def test_translate_refuses_an_unknown_key() -> None:
    with pytest.raises(UnknownTextError):
        translate("no.such.key", "en")


@pytest.mark.parametrize(
    ("chosen", "remembered", "accepted", "locale"),
    [
        ("zh", "en", "en", "zh"),
        (None, "zh", "en", "zh"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "tlh, zh-Hant;q=0.4, en-GB;q=0.7", "en"),
        (None, None, "fr-CA, en;q=0.7", "fr"),
        ("zh-TW", None, "", "zh-Hant"),
        ("zh-Hans-SG", None, "", "zh"),
        (None, None, "zh-HK", "zh-Hant"),
        ("pt", None, "", "pt-BR"),
        ("PT_br", None, "", "pt-BR"),
        ("ar-EG", None, "", "ar"),
        (None, None, "zh;q=0, en;q=0.1", "en"),
        (None, None, "", "en"),
        ("xx", "yy", "zz;q=banana", "en"),
        ("../../etc", None, "zh", "zh"),
    ],
)
def test_negotiate(chosen: str | None, remembered: str | None, accepted: str, locale: str) -> None:
    assert negotiate(chosen, remembered, accepted) == locale


def test_dates_name_another_year() -> None:
    today = date(2026, 11, 24)

    assert dates.weekday(date(2026, 11, 25), "en", today) == "Wednesday 25 Nov"
    assert dates.weekday(date(2026, 11, 25), "zh", today) == "11月25日 星期三"
    assert dates.weekday_short(date(2025, 1, 3), "en", today) == "3 Jan 2025"
    assert dates.ago(timedelta(hours=5), "zh") == "5小时前"
    assert dates.country("XZ", "en") == "XZ"
