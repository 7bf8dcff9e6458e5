"""Numbers in words, read on the server as in the browser."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from milepost.pages.spoken import in_words, spoken
from shared import ROOT
from unit.pages import samples
from unit.pages.fake import application

_TESTS = (ROOT / "frontend" / "test" / "spoken.test.ts").read_text("utf-8")
SAID = re.findall(r'^  \["(.*)", "(.*)"\],$', _TESTS, re.MULTILINE)


@pytest.mark.parametrize(("sentence", "number"), SAID)
def test_the_server_reads_what_the_browser_reads(sentence: str, number: str) -> None:
    assert spoken(sentence) == number


@pytest.mark.parametrize(
    "text",
    ["Your order 4410029917 is on its way to you", "one two " * 200, "", "我的包裹呢", "\N{NUL}"],
)
def test_a_text_with_figures_or_too_long_is_left_alone(text: str) -> None:
    assert in_words(text) == ""


@pytest.mark.parametrize(
    "words",
    [
        "charlie victor four four one oh oh two double nine one seven",
        "C V 四四 幺零 零二 九九 幺七",
    ],
)
def test_words_are_looked_up_without_any_script(words: str) -> None:
    client = TestClient(application(), follow_redirects=False)

    answer = client.post("/", data={"q": words})

    assert answer.headers["location"] == f"/t/{samples.on_the_way().number}"


def test_digits_of_other_scripts_are_digits() -> None:
    client = TestClient(application(), follow_redirects=False)
    there = f"/t/{samples.on_the_way().number}"
    typed = samples.on_the_way().number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert client.post("/", data={"q": f"رقم الشحنة {typed}"}).headers["location"] == there
    assert client.get(f"/t/{typed}").headers["location"] == there
    assert samples.on_the_way().number in client.get(f"/kiosk?n={typed}").text
