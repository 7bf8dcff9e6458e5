"""The console speaks every language that Milepost speaks, also where it refuses something."""

from __future__ import annotations

import csv
import io
import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from milepost.domain.place import Place
from milepost.engine.rows import SlowListError
from milepost.locale import LOCALES
from milepost.locale.catalogue import Message
from milepost.pages.console import words
from milepost.pages.console.import_run import written
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.refusals import file_in_words, in_words, reasons_of
from milepost.pages.console.why import _hours
from milepost.pages.console.words import catalogue, language_for, language_names, problems, say

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# A sentence for each line of the table, as the API and the reader of files write it.
SAID = {
    "no_number": "no tracking number",
    "no_time": "'soon' is no time",
    "no_clock": "'25:61' is no time of day",
    "two_days": "'03/04/2026' could be two days: write 2026-MM-DD",
    "no_amount": "'much' is no amount",
    "no_currency": "'12': of which currency? Add a column 'currency'",
    "two_amounts": "'1.234' could be two amounts: write it without grouping",
    "rounded": "'7.73E+14' was rounded by a spreadsheet: write the column as text",
    "slow_list": str(SlowListError()),
    "no_excel": "not an Excel file: File is not a zip file",
    "broken_off": "the file cannot be read on: line contains NUL",
    "bad_number": "number: must have 4 to 64 letters and digits",
    "too_early": "occurred_at: before the year 2000",
    "out_of_time": "promised_to: before the year 2000 or many years ahead",
    "ahead": "occurred_at: more than 24 hours ahead of the time of receipt",
    "too_long": "text: longer than 4000 characters",
    "too_large": "measurements: larger than 4096 bytes",
    "nul": "A text cannot have the character NUL in it.",
    "not_kept": "text: cannot be stored",
    "taken": "number AB123456 belongs to another shipment already",
    "no_vault": "consignee, consignor: there is no vault to keep them in",
    "missing": "Object missing required field `number`",
    "unknown_field": "Object contains unknown field `colour`",
    "misfit": "Expected `str`, got `int` - at `$.service`",
    "gone": "There is no such case.",
    "too_big": "At most 65536 bytes.",
    "switched_off": "Its subscription is disabled; switch it on first.",
    "no_cap": "Not a CAP message: no element found",
    "private": "url: 10.0.0.1 is a private address; this server refuses those (…).",
    "unresolved": "OSError: 'hooks.example' cannot be resolved.",
    "no_answer": "No answer within 10 seconds.",
    "answered": "The receiver answered 500.",
}


def reader(locale: str) -> ConsoleReader:
    return ConsoleReader(locale, NOW, lambda slug, _: slug.upper())


def test_every_text_is_there_in_every_language() -> None:
    assert problems() == []
    assert {len(catalogue(one)) for one in LOCALES} == {len(catalogue("en"))}
    assert language_names()["zh-Hant"].startswith("繁體")


def test_what_is_not_translated_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = words._table

    def spoiled(folder: str, locale: str) -> dict[str, Message]:
        table = dict(real(folder, locale))
        if (folder, locale) == ("console", "ru"):
            del table["act.undone"]
            table["act.too_late"] = real(folder, "en")["act.too_late"]
            table["act.days"] = {"one": "{n} день", "other": "{n} дня"}
            table["act.choose"] = "Выбрать"
        return table

    monkeypatch.setattr(words, "_table", spoiled)
    assert problems() == [
        "console/ru.toml: act.undone is missing",
        "console/ru.toml: act.choose has the fields [], not ['number']",
        "console/ru.toml: act.days needs the plural forms ['few', 'many', 'one', 'other']",
        "console/ru.toml: act.too_late is not translated",
    ]


@pytest.mark.parametrize(
    ("accepted", "found"),
    [("zh-TW", "zh-Hant"), ("zh-CN,en", "zh"), ("fr", "fr"), ("", "en"), ("pt-BR", "pt-BR")],
)
def test_language(accepted: str, found: str) -> None:
    assert language_for(None, None, accepted) == found


def test_plurals_follow_each_language() -> None:
    assert say("act.done.snooze", "en", n=1) == "Snoozed."
    assert say("act.done.snooze", "en", n=3) == "3 snoozed."
    said = [say("shipments.alerts", "ru", n=n) for n in (1, 2, 5, 21)]
    assert said == ["1 тревога", "2 тревоги", "5 тревог", "21 тревога"]
    assert say("act.days", "ar", n=2) == "يومان"
    assert say("act.days", "ja", n=2) == "2 日"


@pytest.mark.parametrize("locale", LOCALES)
def test_hours_are_said_in_words_everywhere(locale: str) -> None:
    """CLDR has no narrow form of an hour in some languages, and Babel wrote the unit's name."""
    assert "duration" not in _hours(timedelta(hours=49), reader(locale))


def test_each_line_of_the_table_has_its_sentence() -> None:
    text = (files("milepost.pages.console") / "refusals.toml").read_text("utf-8")
    assert {row["text"] for row in tomllib.loads(text)["said"]} == set(SAID)


@pytest.mark.parametrize("key", SAID)
def test_a_refusal_is_said_in_the_readers_language(key: str) -> None:
    told = {in_words(SAID[key], reader(one)) for one in LOCALES if one != "en"}

    assert SAID[key] not in told
    assert len(told) >= len(LOCALES) - 2


def test_a_refusal_keeps_its_values_and_names_its_field() -> None:
    assert in_words(SAID["two_days"], reader("de")) == (
        "„03/04/2026“ kann zwei Tage bedeuten. Schreiben Sie 2026-MM-DD."
    )
    assert in_words(SAID["bad_number"], reader("ja")) == "追跡番号：英数字 4～64 文字です。"
    assert in_words("something new", reader("de")) == "something new"


def test_the_file_of_refused_rows_is_told_in_the_readers_language() -> None:
    text = written([
        ({"number": "=1", "when": "soon"}, "'soon' is no time"),
        ({"number": "A,1", "when": ""}, "no tracking number"),
        ({"number": "", "when": ""}, "no tracking number"),
    ])  # fmt: skip

    told = list(csv.reader(io.StringIO(file_in_words(text, reader("fr")))))

    assert told[0] == ["number", "when", "refusée parce que"]
    assert told[1] == ["'=1", "soon", "« soon » n’est pas une date avec heure."]
    assert told[2][0] == "A,1"
    assert reasons_of(text, reader("en"))[0] == ("There is no tracking number.", 2)
    assert file_in_words("", reader("fr")) == ""


def test_a_check_is_said_in_words() -> None:
    assert reader("en").evidence("packing:ok") == "Packing: passed"
    assert reader("de").evidence("seal:intact") == "Siegel: bestanden"
    assert reader("en").evidence("outer_box:failed") == "Outer box: not passed"
    assert reader("en").evidence("photo:123") is None


def test_places_countries_and_units_are_said_in_the_readers_language() -> None:
    wuhan = Place(city="武汉市", region="湖北省", country="CN")
    assert reader("de").place(wuhan) == "Wuhan, China"
    assert reader("zh").place(wuhan) == "武汉市, 中国"
    assert reader("fr").country("DE") == "Allemagne"
    assert reader("fr").country("QQ9") == "QQ9"
    assert reader("en").units("10 m – 1,000 m") == "10 m – 1,000 m"
    assert reader("ar").units("2000 m").endswith("متر")
    assert reader("de").units("0.1 %") == "0,1%"


def test_amounts_keep_their_order_among_arabic_words() -> None:
    amount = reader("ar").money(1_690_234, "GBP")
    assert amount.startswith("\N{LEFT-TO-RIGHT ISOLATE}")
    assert amount.endswith("\N{POP DIRECTIONAL ISOLATE}")
