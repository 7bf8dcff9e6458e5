"""On a phone, whatever can be touched is 44 px high and wide, in both directions of writing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from unit.pages import samples
from unit.pages.fake import PROOF

PAGES = (
    "/",
    "/scan",
    "/kiosk",
    f"/t/{samples.failed_attempt().number}",
    f"/t/{samples.cold_chain().number}",
    f"/t/{samples.waiting_at_station().number}?k={PROOF}",
    "/parcels",
    "/t/QQ4410029918",
)
# A link inside a sentence is exempt (WCAG 2.5.8), and a row's link covers its row.
SMALL = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), textarea, summary')]
  .filter((one) => one.checkVisibility() && !one.closest('[popover], .skip, .calendar td'))
  .filter((one) => !one.closest('.rows .what, .lead, .notice > p:not(.act)'))
  .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
  .map(([what, box]) => `${what} ${Math.round(box.width)} × ${Math.round(box.height)}`)"""


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_fingers_find_what_they_touch(page: Page, lang: str) -> None:
    kept = f'[{{"number":"{samples.on_the_way().number}","url":"/t/x"}}]'
    page.add_init_script(f"localStorage.setItem('parcels', '{kept}')")
    small = {}
    for path in PAGES:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        if path == "/parcels":
            page.locator(".calendar").wait_for()
        small[path] = page.evaluate(SMALL)

    assert {path: found for path, found in small.items() if found} == {}
