"""Thirteen languages, clocks and units, as a reader chooses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from milepost.locale import LOCALES, translate
from unit.pages import samples

ON_THE_WAY = f"/t/{samples.on_the_way().number}"
CROSS_BORDER = f"/t/{samples.cross_border().number}"


def test_every_language_is_in_the_menu_and_speaks(page: Page) -> None:
    page.goto(ON_THE_WAY)
    page.get_by_role("button", name="Language: English").click()
    for locale in LOCALES:
        expect(page.get_by_role("link", name=translate("meta.name", locale))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Deutsch")).to_be_hidden()

    for locale in LOCALES:
        page.goto(f"{ON_THE_WAY}?lang={locale}")
        expect(page.locator("html")).to_have_attribute("lang", translate("meta.tag", locale))
        expect(page.get_by_role("heading", name=translate("buyer.history", locale))).to_be_visible()


@pytest.mark.parametrize(
    ("accepted", "lang", "direction"),
    [("ar-EG", "ar", "rtl"), ("zh-TW", "zh-Hant", "ltr"), ("pt-PT", "pt-BR", "ltr")],
)
def test_the_browsers_language_is_taken(
    browser: Browser, site: str, accepted: str, lang: str, direction: str
) -> None:
    context = browser.new_context(base_url=site, locale=accepted)
    page = context.new_page()
    page.goto(ON_THE_WAY)

    expect(page.locator("html")).to_have_attribute("lang", lang)
    assert page.evaluate("getComputedStyle(document.body).direction") == direction
    context.close()


def test_arabic_reads_from_the_right(page: Page) -> None:
    page.goto(f"{ON_THE_WAY}?lang=ar")
    first, last = (page.locator(".steps li").nth(index).bounding_box() for index in (0, 4))

    assert first is not None
    assert last is not None
    assert first["x"] > last["x"]


def test_times_by_the_clock_of_the_scan_the_destination_and_mine(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(base_url=site, locale="en-GB", timezone_id="America/New_York")
    page = context.new_page()
    page.goto(CROSS_BORDER)
    page.locator("summary").click()
    first = page.locator(".scans > li").last.locator("time")
    expect(first).to_have_text("20:14")

    page.get_by_role("link", name="Destination", exact=True).click()
    page.locator("summary").click()
    expect(first).to_have_text("12:14")
    expect(page.get_by_text("Times are shown in Lisbon")).to_be_visible()

    page.get_by_role("link", name="My clock").click()
    page.locator("summary").click()
    expect(first).to_have_text("07:14")
    page.goto(CROSS_BORDER)
    page.locator("summary").click()
    expect(first).to_have_text("07:14")
    context.close()


@pytest.mark.parametrize(("locale", "unit"), [("en-US", "mi"), ("en-GB", "mi"), ("de-DE", "km")])
def test_units_by_region(browser: Browser, site: str, locale: str, unit: str) -> None:
    context = browser.new_context(base_url=site, locale=locale)
    page = context.new_page()
    page.goto(ON_THE_WAY)

    expect(page.locator(".map .fine")).to_contain_text(
        f"\N{NO-BREAK SPACE}{unit}" if unit == "km" else unit
    )
    context.close()


def test_units_by_choice(page: Page) -> None:
    page.goto(f"/t/{samples.cold_chain().number}")
    expect(page.locator(".cold")).to_contain_text("°C")
    page.get_by_role("link", name="mi, °F, lb").click()
    expect(page.locator(".cold")).to_contain_text("°F")
    page.goto(f"/t/{samples.cold_chain().number}")
    expect(page.locator(".cold")).to_contain_text("°F")
