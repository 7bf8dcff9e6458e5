"""The buyer's pages in Chromium: with and without script, by keyboard, on phone and desk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from page_server import laid_out
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as LateError

from patience import PATIENCE_S
from unit.pages import samples
from unit.pages.fake import AMBIGUOUS, MISTYPED, PROOF, FakeLookup

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCRIPT = ROOT / "src" / "milepost" / "pages" / "static" / "app.js"
NUMBERS = [track.number for track in samples.SAMPLES.values()]
PATHS = {
    **{name: f"/t/{track.number}" for name, track in samples.SAMPLES.items()},
    "hostile": f"/t/{samples.hostile().number}",
    "mistyped": f"/t/{MISTYPED}",
    "ambiguous": f"/t/{AMBIGUOUS}",
    "look-up": "/",
    "look-up-nothing": "/?q=hello",
    "scan": "/scan",
    "kiosk": "/kiosk",
    "kiosk-answer": f"/kiosk?n={NUMBERS[0]}",
    "pickup-code": f"/t/{samples.waiting_at_station().number}?k={PROOF}",
    "delivered-proof": f"/t/{samples.delivered().number}?k={PROOF}",
    "parcels": "/parcels",
    "embed": f"/embed/{NUMBERS[0]}",
    "offline": "/offline",
    "results": "/?n=" + ",".join([*NUMBERS, "QQ0000000001", "QQ0000000002"]),
}
KEPT = [{"number": number, "url": f"/t/{number}"} for number in NUMBERS]
KEEP_ALL = f"localStorage.setItem('parcels', {json.dumps(json.dumps(KEPT))})"
ON_THE_WAY = f"/t/{samples.on_the_way().number}"


def built(path: Path, how: str) -> Path:
    """The file, which the build makes; without it the test fails in CI and is skipped elsewhere."""
    if not path.exists():
        absent = f"{path.relative_to(ROOT)} is not there: {how}"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    return path


# What a run of axe looks at. Colours are the same in every language and structure in every theme,
# so that three runs find what six would.
_ALL: dict[str, object] = {"resultTypes": ["violations", "incomplete"]}
_COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
_STRUCTURE = {**_ALL, "rules": {"color-contrast": {"enabled": False}}}


@pytest.mark.parametrize("name", PATHS)
def test_axe_finds_nothing(looked_at: Page, name: str) -> None:
    """On a phone in both themes, and on a desk in Arabic."""
    page = looked_at
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="light")
    _open(page, PATHS[name], "en")
    found = _found(page, _ALL)
    page.emulate_media(color_scheme="dark")
    found += _found(page, _COLOURS)
    page.set_viewport_size({"width": 1280, "height": 900})
    _open(page, PATHS[name], "ar")
    found += _found(page, _STRUCTURE)

    assert found == []


@pytest.fixture(scope="module")
def looked_at(browser: Browser, site: str) -> Iterator[Page]:
    """One page for all that only look: nothing is kept from one address to the next."""
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    context.add_init_script(KEEP_ALL)
    yield context.new_page()
    context.close()


def _open(page: Page, path: str, locale: str) -> None:
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={locale}", wait_until="load")
    laid_out(page)
    if path == "/parcels":
        page.wait_for_selector(".calendar")
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


def _found(page: Page, options: dict[str, object]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(built(AXE, "npm ci in frontend/").read_text("utf-8"))
    answer = page.evaluate("options => axe.run(document, options)", options)
    unsure = [rule for rule in answer["incomplete"] if rule["id"] != "color-contrast"]
    return [_in_short(rule) for rule in [*answer["violations"], *unsure]]


def _in_short(rule: dict[str, object]) -> str:
    nodes = rule["nodes"]
    assert isinstance(nodes, list)
    return f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in nodes[:3]]}"


@pytest.mark.parametrize("locale", ["ru", "es"])
def test_names_of_steps_never_meet(looked_at: Page, locale: str) -> None:
    meeting = """() => {
      const boxes = [...document.querySelectorAll(".steps .label")].map((label) => {
        const words = document.createRange();
        words.selectNodeContents(label);
        return words.getBoundingClientRect();
      }).filter((box) => box.width);
      return boxes.some((one, at) => boxes.slice(at + 1).some((other) =>
        one.left < other.right && other.left < one.right &&
        one.top < other.bottom && other.top < one.bottom));
    }"""
    for name in ("customs-hold", "out-for-delivery"):
        _open(looked_at, PATHS[name], locale)
        for width in (320, 360, 390, 768):
            looked_at.set_viewport_size({"width": width, "height": 800})
            assert not looked_at.evaluate(meeting), (name, width)


def test_scripts_begin_after_the_first_paint(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    context.add_init_script("""
      new MutationObserver(() => {
        const copy = document.querySelector("button.copy");
        if (copy && !copy.hidden) window.dressed ??= performance.now();
      }).observe(document, { subtree: true, childList: true, attributes: true });
    """)
    page = context.new_page()
    page.goto(ON_THE_WAY)
    dressed = page.wait_for_function("() => window.dressed").json_value()
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()

    assert painted <= dressed


@pytest.mark.parametrize("locale", ["de", "ar"])
def test_nothing_is_wider_than_the_screen(looked_at: Page, locale: str) -> None:
    wide = []
    for name, path in PATHS.items():
        _open(looked_at, path, locale)
        for width in (320, 1280):
            looked_at.set_viewport_size({"width": width, "height": 800})
            # A function, for the page's own policy lets nobody evaluate a text again and again.
            fits = "() => document.documentElement.scrollWidth <= innerWidth"
            try:  # what follows the change of size (a map, a menu) may take a frame or two
                looked_at.wait_for_function(fits, timeout=1_000 * PATIENCE_S)
            except LateError:
                wide.append(f"{name} at {width}")

    assert wide == []


def test_nor_in_the_blink_before_all_is_laid_out(page: Page) -> None:
    page.goto(ON_THE_WAY)
    page.evaluate("document.querySelector('main').style.setProperty('--later', 'hidden')")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_in_the_readers_own_colours_the_steps_can_be_told_apart(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(base_url=site, forced_colors="active", color_scheme="dark")
    page = context.new_page()
    page.goto(ON_THE_WAY)
    laid_out(page)
    fills = page.evaluate("""() => ['.steps .reached', '.steps .open'].map(
        (step) => getComputedStyle(document.querySelector(step), '::after').backgroundColor)""")
    border = page.evaluate("() => getComputedStyle(document.querySelector('.pill')).borderStyle")
    context.close()

    assert fills[0] != fills[1]
    assert border == "solid"


def test_without_script_everything_is_there(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Tracking numbers").fill("Hello, it is CV4410029917!")
    page.get_by_role("button", name="Track").click()

    expect(page).to_have_url(f"{site}{ON_THE_WAY}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wednesday 25 Nov")
    expect(page.get_by_text("Parcel collected from sender")).to_be_visible()
    expect(page.get_by_text("Shipment data received")).to_be_hidden()
    page.get_by_text("Show 1 earlier entry").click()
    expect(page.get_by_text("Shipment data received")).to_be_visible()
    page.get_by_role("button", name="Language: English").click()
    page.get_by_role("link", name="简体中文").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("11月25日 星期三")
    expect(page.get_by_role("button", name="复制")).to_have_count(0)
    context.close()


def test_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the parcel")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the parcel")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Tracking numbers")).to_be_focused()
    page.keyboard.type("CV4410029917")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("JX0000000000018")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("2 numbers")
    page.get_by_role("link", name="CV4410029917").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}{ON_THE_WAY}")
    laid_out(page)
    page.locator("summary").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Shipment data received")).to_be_visible()


def test_enter_tracks_a_single_number(page: Page, site: str) -> None:
    built(SCRIPT, "npm run build in frontend/")
    page.goto("/")
    page.get_by_label("Tracking numbers").fill("ＣＶ４４１００２９９１７")
    page.get_by_label("Tracking numbers").press("Enter")

    expect(page).to_have_url(f"{site}{ON_THE_WAY}")


def test_twenty_five_numbers_at_once(page: Page) -> None:
    numbers = [*NUMBERS, *(f"ZX{n:09}" for n in range(25 - len(NUMBERS)))]
    page.goto("/")
    page.get_by_label("Tracking numbers").fill("\n".join(numbers))
    page.get_by_role("button", name="Track").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("25 numbers")
    for number in numbers:
        expect(page.get_by_role("link", name=number)).to_be_visible()
    page.get_by_role("link", name=NUMBERS[0]).click()
    expect(page.get_by_text(NUMBERS[0])).to_be_visible()


def test_the_number_is_copied(page: Page) -> None:
    built(SCRIPT, "npm run build in frontend/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ON_THE_WAY)
    page.get_by_role("button", name="Copy number").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "CV4410029917"


def test_a_change_appears_without_reloading(page: Page, lookup: FakeLookup) -> None:
    built(SCRIPT, "npm run build in frontend/")
    track = samples.two_hundred_events()
    page.goto(f"/t/{track.number}")
    expect(page.get_by_text("Updated just now")).to_be_visible()
    page.locator("summary").click()
    page.evaluate("window.same = true")

    lookup.tracks[track.number] = replace(samples.delivered(), number=track.number)
    try:
        lookup.announce()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delivered Tue 24 Nov, 14:03")
        assert page.evaluate("window.same && document.querySelector('details').open")
        expect(page.get_by_role("button", name="Copy number")).to_be_visible()
        news = page.get_by_role("status").filter(has_text="Delivered Tue 24 Nov, 14:03")
        expect(news).to_be_attached()
    finally:
        lookup.tracks[track.number] = track


def test_hostile_texts_run_nothing(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(f"/t/{samples.hostile().number}")

    assert page.locator("main script, main img").count() == 0
    assert "<script>alert(1)</script>" in page.locator("main").inner_text()


def test_inline_script_is_refused(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(f"{site}/")
    page.evaluate(
        "() => { const script = document.createElement('script');"
        " script.textContent = 'window.ran = true'; document.head.append(script) }"
    )
    ran = page.evaluate("window.ran === true")
    page.close()

    assert not ran
