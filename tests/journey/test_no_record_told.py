"""Why there is no record, over the API and on the page, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest

from journey.running import Caller
from milepost.locale import norecord

pytest_plugins = ["pg"]
# An S10 number whose check digit is wrong, and one that is like it and right.
WRONG, RIGHT = "RR123456786CN", "RR123456785CN"


def why(me: Caller, number: str, **query: Any) -> list[dict[str, Any]]:
    answer = me.get(f"/v1/track/{number}/explain", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["reasons"]
    return found


def test_every_language_has_every_reason() -> None:
    assert norecord.problems() == []


def test_the_reasons_are_told_in_the_language_that_is_wanted(me: Caller) -> None:
    english, french = why(me, WRONG), why(me, WRONG, language="fr-CH")
    assert [one["code"] for one in english] == ["look_alike", "wrong_number"]
    assert RIGHT in english[0]["proposals"] == french[0]["proposals"]
    assert french[0]["do"] == norecord.said("look_alike", "fr")[1] != english[0]["do"]
    unknown = me.client.get(f"/v1/track/{WRONG}", headers=me.headers | {"Accept-Language": "fr"})
    assert unknown.json()["errors"] == french


@pytest.mark.parametrize(("query", "first"), [
    ({"carrier": "no such"}, "unknown_carrier"), ({"carrier": "sf"}, "wrong_carrier"),
])  # fmt: skip
def test_a_carrier_that_cannot_be_is_named(me: Caller, query: dict[str, str], first: str) -> None:
    told = why(me, "1Z999AA10123456784", **query)
    assert [one["code"] for one in told] == [first, "too_early"]
    assert told[0]["proposals"] == ["ups"]
    assert {"no such": "no such", "sf": "SF Express"}[query["carrier"]] in told[0]["text"]


@pytest.mark.parametrize(("number", "codes"), [
    (WRONG, ["look_alike"]), ("SF1234567890123", ["phone_tail_needed", "too_old"]),
])  # fmt: skip
def test_the_page_says_the_same(me: Caller, number: str, codes: list[str]) -> None:
    page = me.client.get(f"/t/{number}", headers={"Accept-Language": "de"})
    assert page.status_code == 404
    for code in codes:
        text, do = norecord.said(code, "de")
        assert text in page.text
        assert do in page.text
    assert (f'href="/t/{RIGHT}"' in page.text) is (number == WRONG)
