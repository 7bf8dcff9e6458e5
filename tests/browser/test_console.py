"""The console in Chromium: the worry list by keyboard, undo, palette, peek, live rows, forms."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from page_server import PageServer, page_server, watched_page
from playwright.sync_api import Browser, Locator, Page, expect

from milepost.locale import LOCALES
from milepost.pages.console.access.sessions import new_link
from milepost.pages.console.words import say
from milepost.settings import Settings
from milepost.stores.postgres.users import Users
from milepost.web.auth import hash_of, new_key
from milepost.wiring import build_app
from patience import PATIENCE_S

pytest_plugins = ["pg"]
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCRIPT = ROOT / "src" / "milepost" / "pages" / "static" / "console.js"
NUMBERS = [f"SF10000000{n:02}" for n in range(10, 16)]
PAGES = (
    "", "/shipments", f"/shipments/{NUMBERS[0]}", "/cases", "/cases/1",
    f"/cases/new?kind=claim&number={NUMBERS[0]}", "/network", "/network?wall=1", "/analytics",
    "/notices", "/policies", "/subscriptions", "/deliveries", "/connections?source=kdniao",
    "/import", "/brand",
    "/brand?mail=ready&language=ar", "/recommend",
    "/keys", "/users", "/tenants", "/audit", "/account", "/shipments/QQ0000000000",
    f"/shipments/{NUMBERS[0]}/liability",
)  # fmt: skip


class Console:
    """A server with a tenant in trouble, and a state of a browser that is signed in."""

    def __init__(self, server: PageServer) -> None:
        self.url = server.url
        self.call = server.call
        self._app = server.app
        self.state: Any = None
        self.key = ""

    def post(self, path: str, body: Any) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx2.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code < 300, answer.text

    def scan(self, number: str, code: str, hours: float) -> None:
        at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        one = {"number": number, "carrier": "sf", "code": code, "occurred_at": at,
               "text": "parcel crushed", "place": "Hamburg"}  # fmt: skip
        self.post("/v1/scans", [one])

    @property
    def milepost(self) -> Any:
        return self._app.state.milepost


@pytest.fixture(scope="module")
def console(module_url: str, browser: Browser) -> Iterator[Console]:
    if not SCRIPT.exists():
        if os.environ.get("CI"):
            pytest.fail("console.js is not there: npm run build in frontend/")
        pytest.skip("console.js is not there: npm run build in frontend/")
    app = build_app(Settings(database=module_url, allow_private_targets=True))
    with page_server(app) as server:
        made = Console(server)
        _furnish(made, browser)
        yield made


def _furnish(made: Console, browser: Browser) -> None:
    accounts = made.milepost.store.accounts
    tenant = made.call(accounts.tenant("Trouble & Co"))
    made.key = new_key()
    made.call(accounts.add_key(tenant, hash_of(made.key), "test"))
    for index, number in enumerate(NUMBERS):
        made.post("/v1/shipments", {"number": number, "carrier": "sf", "order_number": f"A-{index}",
                  "declared_value_minor": 10_000 * (6 - index), "currency": "EUR"})  # fmt: skip
        made.scan(number, "exception.delayed", 3)
    made.post("/v1/cases", {"kind": "report", "number": NUMBERS[0], "fields": {"problem": "late"}})
    users = Users(made.milepost.store.pool)
    user = made.call(users.add(tenant, "ada@example.test", "admin", "Ada"))
    context = browser.new_context(base_url=made.url)
    page = context.new_page()
    page.goto(made.call(new_link(users, user)))
    for _ in range(40):
        page.goto("/console")
        if page.locator("[data-row]").count() == len(NUMBERS):
            break
        page.wait_for_timeout(250)
    made.state = context.storage_state()
    context.close()


@pytest.fixture
def desk(console: Console, browser: Browser) -> Iterator[Page]:
    """A signed-in page; see `watched_page`."""
    with watched_page(browser, console.url, (1280, 900), storage_state=console.state) as page:
        yield page


# Of the theme only colours depend.
_ASKED = {
    "light": "{resultTypes: ['violations']}",
    "dark": "{resultTypes: ['violations'], runOnly: ['color-contrast']}",
}


@pytest.mark.parametrize(
    ("theme", "language", "paths"),
    [("light", "en", PAGES), ("dark", "en", PAGES), ("light", "ar", PAGES)],
)
def test_axe_finds_nothing(
    console: Console, browser: Browser, theme: Any, language: str, paths: tuple[str, ...]
) -> None:
    axe = AXE.read_text("utf-8")
    context = browser.new_context(base_url=console.url, storage_state=console.state,
                                  color_scheme=theme)  # fmt: skip
    page = context.new_page()
    page.goto(f"/console?lang={language}")
    found: dict[str, list[str]] = {}
    for path in paths:
        page.goto(f"/console{path}")
        for fold in page.locator("main details").all():
            fold.evaluate("one => { one.open = true }")
        page.evaluate(axe)
        answer = page.evaluate(f"() => axe.run(document, {_ASKED[theme]})")
        if answer["violations"]:
            found[path] = [f"{one['id']} {one['nodes'][0]['target']}" for one in
                           answer["violations"]]  # fmt: skip
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, path
    context.close()

    assert found == {}


def test_the_list_by_keyboard(desk: Page) -> None:
    desk.goto("/console")
    rows = desk.locator("[data-row]")
    expect(rows).to_have_count(len(NUMBERS))
    first, second = (rows.nth(n).get_attribute("data-number") for n in (0, 1))

    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.locator(".at")).to_have_attribute("data-number", second or "")
    desk.keyboard.press("k")
    desk.keyboard.press("x")
    expect(desk.locator("#chosen")).to_have_text("1")
    desk.keyboard.press("p")
    expect(desk.locator("#peek h2")).to_have_text(first or "")
    desk.keyboard.press("Escape")
    expect(desk.locator("#peek")).to_be_hidden()
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(f"/console/shipments/{first}$"))


def test_many_are_acknowledged_and_taken_back(desk: Page) -> None:
    desk.goto("/console")
    rows = desk.locator("[data-row]")
    for row in (0, 1):
        rows.nth(row).locator("input").check()
    desk.keyboard.press("a")
    expect(rows).to_have_count(len(NUMBERS) - 2)
    expect(desk.locator("#toast")).to_contain_text("2 acknowledged.")

    desk.keyboard.press("z")
    expect(rows).to_have_count(len(NUMBERS))


def test_palette_finds_numbers_and_pages(desk: Page) -> None:
    desk.goto("/console/shipments")
    desk.keyboard.press("Control+k")
    desk.keyboard.type(NUMBERS[3])
    expect(desk.locator("#found [aria-selected=true]")).to_contain_text(NUMBERS[3])
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text(NUMBERS[3])

    desk.keyboard.press("Control+k")
    desk.keyboard.type("audit")
    expect(desk.locator("#found [aria-selected=true]")).to_contain_text("Audit log")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text("Audit log")
    desk.keyboard.press("g")
    desk.keyboard.press("c")
    expect(desk.locator("h1")).to_have_text("Cases")


def test_rows_come_by_themselves(desk: Page, console: Console) -> None:
    desk.goto("/console?q=LIVE")
    expect(desk.locator(".empty")).to_be_visible()

    console.scan("LIVE0000000001", "exception.delayed", 2)

    expect(desk.locator("[data-number=LIVE0000000001]")).to_be_visible(timeout=15_000)
    desk.locator("[data-number=LIVE0000000001] input").check()
    desk.keyboard.press("a")


def test_rows_stay_under_the_pointer(desk: Page, console: Console) -> None:
    """What comes while somebody is about to click waits until he has gone on."""
    console.scan("HOLD0000000001", "exception.delayed", 2)
    desk.goto("/console?q=HOLD")
    expect(desk.locator("[data-number=HOLD0000000001]")).to_be_visible(timeout=PATIENCE_S * 1_000)
    box = desk.locator("[data-row]").first.bounding_box()
    assert box is not None
    renewed: list[str] = []
    desk.on(
        "requestfinished",
        lambda one: renewed.append(one.url) if one.headers.get("x-part") == "rows" else None,
    )
    desk.mouse.move(box["x"] + 300, box["y"] + 10)

    console.scan("HOLD0000000002", "exception.lost", 40)
    for turn in range(int(PATIENCE_S * 10)):  # a pointer that moves is about to do something
        if renewed:
            break
        desk.mouse.move(box["x"] + 300 + turn % 5, box["y"] + 10)
        desk.wait_for_timeout(100)

    assert renewed
    assert desk.locator("[data-row]").count() == 1
    desk.mouse.move(5, 5)
    expect(desk.locator("[data-number=HOLD0000000002]")).to_be_visible()
    desk.locator("#all").check()
    desk.keyboard.press("a")


def test_the_palette_does_what_the_page_can(desk: Page) -> None:
    desk.goto("/console?q=SF1000")
    rows = desk.locator("[data-row]")
    expect(rows).to_have_count(len(NUMBERS))
    desk.keyboard.press("j")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("acknowl")
    expect(desk.locator("#found [aria-selected=true]")).to_contain_text("Acknowledge")
    desk.keyboard.press("Enter")

    expect(rows).to_have_count(len(NUMBERS) - 1)
    desk.keyboard.press("z")
    expect(rows).to_have_count(len(NUMBERS))
    expect(desk).to_have_url(re.compile(r"/console\?q=SF1000$"))  # undo leaves the filters alone


def test_who_acts_in_the_preview_stays_in_the_list(desk: Page) -> None:
    desk.goto("/console?q=SF1000")
    expect(desk.locator("[data-row]")).to_have_count(len(NUMBERS))
    desk.keyboard.press("j")
    desk.keyboard.press("p")
    desk.locator("#peek").get_by_role("button", name="Acknowledge").click()

    expect(desk).to_have_url(re.compile(r"/console\?q=SF1000$"))
    expect(desk.locator("[data-row]")).to_have_count(len(NUMBERS) - 1)
    desk.keyboard.press("z")
    expect(desk.locator("[data-row]")).to_have_count(len(NUMBERS))


def test_what_cannot_be_undone_is_pressed_twice(desk: Page) -> None:
    desk.goto("/console/users")
    button = desk.locator("button.danger").first
    button.click()
    expect(button).to_have_text("Press again: it cannot be undone")
    expect(desk.locator("#toast")).to_have_text("Press again: it cannot be undone")

    button.blur()
    expect(button).to_have_text("Disable")
    button.click()
    button.click()
    expect(desk.locator("#toast")).to_contain_text("administrator")  # the last one stays


def test_a_long_note_outlives_its_session(console: Console, browser: Browser) -> None:
    """Signed out in another window while a form was filled in."""
    note = "What the customer said on the telephone"
    with watched_page(browser, console.url, (1280, 900), storage_state=console.state) as page:
        page.goto(f"/console/cases/new?kind=report&number={NUMBERS[1]}")
        page.locator("textarea[name=text]").fill(note)
        page.get_by_label("Problem").select_option("late")
        known = page.context.cookies()
        page.context.clear_cookies()
        page.locator("main button.main").click()
        expect(page.locator("h1")).to_have_text("You have been signed out")
        expect(page.locator("blockquote")).to_have_text(note)

        page.context.add_cookies(known)  # signed in again, in another tab
        page.get_by_role("button", name="Send again").click()
        page.get_by_role("button", name="Send again").click()

        expect(page.locator("h1")).to_contain_text("Report")
        expect(page.locator("main")).to_contain_text(note)


def test_filters_live_in_the_address_and_views_are_saved(desk: Page) -> None:
    desk.goto("/console")
    desk.get_by_label("Severity").select_option("warning")
    expect(desk).to_have_url(re.compile(r"/console\?severity=warning$"))
    desk.get_by_text("Save view").click()
    desk.get_by_label("Name of the view").fill("Grave")
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.locator(".tabs [aria-current]")).to_contain_text("Grave")


def test_shipments_have_views_with_counts(desk: Page) -> None:
    desk.goto("/console/shipments?lang=en")
    desk.get_by_role("searchbox", name="Number or order").fill(NUMBERS[0])
    desk.keyboard.press("Enter")
    desk.get_by_text("Save view").click()
    desk.get_by_label("Name of the view").fill("The first")
    desk.get_by_role("button", name="Save", exact=True).click()

    tab = desk.locator(".tabs [aria-current=page]")
    expect(tab).to_contain_text("The first 1")
    desk.get_by_text("Save view").click()
    desk.get_by_role("button", name="Delete this view").click()
    expect(desk.locator(".tabs")).not_to_contain_text("The first")
    expect(desk.locator(".tabs [aria-current=page]")).to_contain_text("All")


def test_a_notice_needs_a_title_only_and_is_told_in_words(desk: Page) -> None:
    desk.goto("/console/notices?lang=de")
    desk.get_by_label("Titel").fill("Sturm")
    desk.get_by_label("Länder").fill("DE")
    desk.get_by_role("button", name="Eine Mitteilung herausgeben").click()

    expect(desk.get_by_role("heading", name="Sturm")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("Deutschland")
    desk.get_by_role("button", name="Beenden Sturm").click()
    expect(desk.get_by_role("heading", name="Sturm")).to_have_count(0)


def test_a_case_is_worked(desk: Page) -> None:
    desk.goto("/console/cases")
    desk.locator(".ticket", has_text=NUMBERS[0]).first.click()
    desk.get_by_label("Note").fill("Called the depot")
    desk.get_by_role("button", name="Add note").click()
    expect(desk.locator(".events")).to_contain_text("Called the depot")
    desk.get_by_role("button", name="Done Check the record").click()
    expect(desk.locator("main")).to_contain_text("✓ Check the record")


def test_policies_are_a_form_of_the_struct(desk: Page) -> None:
    desk.goto("/console/policies")
    desk.locator("#u-dwell_s").fill("12")
    desk.get_by_label("No movement in a facility for: unit").first.select_option("h")
    desk.get_by_role("button", name="Save").click()

    expect(desk.locator("#toast")).to_contain_text("hold from now on")
    expect(desk.locator("#toast")).not_to_contain_text("Macro")
    expect(desk.locator("#u-dwell_s")).to_have_value("12")


def test_a_limit_out_of_reach_is_said_at_its_field(desk: Page) -> None:
    desk.goto("/console/policies")
    desk.locator("#u-lost_after_s").fill("9000")
    desk.get_by_role("button", name="Save").click()

    expect(desk.locator("#u-lost_after_s")).to_have_attribute("aria-invalid", "true")
    expect(desk.locator("#u-lost_after_s-fault")).to_contain_text("366 days")
    expect(desk.locator("#u-lost_after_s")).to_have_value("9000")


def test_the_console_speaks_the_readers_language(desk: Page) -> None:
    desk.goto("/console?lang=ar")

    expect(desk.locator("html")).to_have_attribute("dir", "rtl")
    expect(desk.locator(".menu nav")).to_contain_text("الشبكة")
    expect(desk.locator("h1")).to_have_text("قائمة المتابعة")
    # From the right: what it is, then where it goes; amounts keep their own order.
    row = desk.locator("[data-row]").first
    assert row.locator(".name").bounding_box()["x"] > row.locator(".do").bounding_box()["x"]  # type: ignore[index]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_there_in_every_language(desk: Page, locale: str) -> None:
    shift = LOCALES.index(locale)
    for path in PAGES[shift :: len(LOCALES)] + PAGES[: 2 + shift % 2]:
        answer = desk.request.get(f"/console{path}{'&' if '?' in path else '?'}lang={locale}")
        assert answer.headers["content-language"] == locale
        assert say("menu.network", locale) in unescape(answer.text())


def test_a_wall_is_seen_at_once(desk: Page) -> None:
    desk.goto("/console/network?wall=1")

    assert desk.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_file_is_shown_taken_and_its_refused_rows_come_back(desk: Page, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    rows = "IMP000000001;sf;O-1\n;sf;O-2\nIMP000000003;sf;O-3\n??;sf;O-4\n"
    file.write_text(f"Waybill;Courier;Order No\n{rows}")
    desk.goto("/console/import?lang=de")
    desk.get_by_label("Datei").set_input_files(file)
    desk.get_by_role("button", name="Erst ansehen").click()
    expect(desk.locator("main")).to_contain_text("3 Sendungen")
    expect(desk.locator("main")).to_contain_text("Die Sendungsnummer fehlt.")
    desk.get_by_role("button", name="Importieren", exact=True).click()
    with desk.expect_download() as download:
        desk.get_by_text("Abgelehnte Zeilen herunterladen").click()

    told = Path(download.value.path()).read_text("utf-8-sig")
    assert "abgelehnt, weil" in told
    assert "Die Sendungsnummer fehlt." in told
    assert "Sendungsnummer: 4 bis" in told
    expect(desk.locator(".reasons li")).to_have_count(2)
    desk.goto("/console/shipments/IMP000000003?lang=en")
    expect(desk.locator("h1")).to_have_text("IMP000000003")


def test_without_script(console: Console, browser: Browser) -> None:
    context = browser.new_context(base_url=console.url, storage_state=console.state,
                                  java_script_enabled=False)  # fmt: skip
    page = context.new_page()
    page.goto("/console")
    row = page.locator("[data-row]").first
    number = row.get_attribute("data-number")
    row.locator("input").check()
    page.get_by_role("button", name="Snooze").click()
    assert page.locator(f"[data-number={number}]").count() == 0
    page.get_by_role("button", name="Undo").click()
    assert page.locator(f"[data-number={number}]").count() == 1
    context.close()


def _board(desk: Page) -> str:
    """The case of the board, which waits for us again."""
    desk.goto("/console/cases")
    ticket = desk.locator(".ticket", has_text=NUMBERS[0])
    expect(ticket).to_have_count(1)
    return ticket.get_attribute("data-case") or ""


def _column(desk: Page, side: str, case: str) -> Locator:
    return desk.locator(f"[data-column={side}] #case-{case}")


def test_a_case_is_dragged_and_taken_back(desk: Page) -> None:
    case = _board(desk)
    start = _column(desk, "merchant", case).bounding_box()
    end = desk.locator("[data-column=carrier]").bounding_box()
    assert start is not None
    assert end is not None
    desk.mouse.move(start["x"] + 60, start["y"] + 30)
    desk.mouse.down()
    desk.mouse.move(end["x"] + 60, end["y"] + 60, steps=6)
    expect(desk.locator("[data-column=carrier]")).to_have_class("over")
    desk.mouse.up()

    expect(_column(desk, "carrier", case)).to_be_visible()
    expect(desk.locator("#toast")).to_contain_text("Waits for the carrier")
    desk.keyboard.press("z")
    expect(_column(desk, "merchant", case)).to_be_visible()


def test_a_case_is_moved_by_keys_and_by_its_menu(desk: Page) -> None:
    case = _board(desk)
    desk.locator(f"#case-{case} a.name").focus()
    desk.keyboard.press("Shift+ArrowRight")
    expect(_column(desk, "carrier", case)).to_be_visible()
    expect(desk.locator(f"#case-{case} a.name")).to_be_focused()
    desk.keyboard.press("Shift+ArrowRight")
    expect(_column(desk, "buyer", case)).to_be_visible()

    desk.locator(f"#case-{case} summary").click()
    desk.locator(f"#case-{case}").get_by_role("button", name="Waits for us").click()
    expect(_column(desk, "merchant", case)).to_be_visible()
    expect(desk.locator(".moving")).to_have_count(0)


def test_a_finger_takes_a_case_by_its_handle(console: Console, browser: Browser) -> None:
    context = browser.new_context(
        base_url=console.url, storage_state=console.state, locale="en-GB", has_touch=True,
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    page = context.new_page()
    case = _board(page)
    handle = page.locator(f"#case-{case} summary")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    touch = context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    x, y = box["x"] + 8, box["y"] + 8
    send("touchStart", (x, y))
    for step in range(1, 8):
        send("touchMove", (x + step * (320 - x) / 7, y - step))
    expect(page.locator("[data-column=carrier]")).to_have_class("over")
    send("touchEnd")
    expect(_column(page, "carrier", case)).to_have_count(1)
    page.locator("#toast button").click()
    expect(_column(page, "merchant", case)).to_have_count(1)
    context.close()


def test_shipments_tell_where_they_go_and_when_they_come(desk: Page, console: Console) -> None:
    number = "SF1000000099001"
    promised = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    console.post("/v1/shipments", {"number": number, "carrier": "sf", "promised_to": promised,
                 "destination": {"city": "Lyon", "country": "FR"}})  # fmt: skip
    desk.goto("/console/shipments?to=frankreich&lang=en")
    expect(desk.locator(".empty")).to_be_visible()
    for _ in range(60):
        desk.goto("/console/shipments?to=france")
        if desk.locator(f"[data-number={number}]").count():
            break
        desk.wait_for_timeout(250)

    row = desk.locator(f"[data-number={number}]")
    expect(row).to_contain_text("Lyon, France")
    expect(row).to_contain_text("promised by the shop")
    desk.goto("/console/shipments")
    desk.get_by_label("Arrives by").select_option("72")
    expect(desk).to_have_url(re.compile("due=72"))
    expect(row).to_be_visible()
    desk.get_by_label("Arrives by").select_option("overdue")
    expect(row).to_have_count(0)


def test_each_row_says_why_it_stands_where_it_stands(desk: Page) -> None:
    desk.goto("/console")
    row = desk.locator("[data-row]").first

    expect(row.locator(".why").first).to_contain_text("counts")
    desk.keyboard.press("j")
    desk.keyboard.press("p")
    expect(desk.locator("#peek")).to_contain_text("Why here")


def test_who_is_liable_in_the_readers_words_and_on_paper(desk: Page) -> None:
    desk.goto(f"/console/shipments/{NUMBERS[1]}/liability?problem=delay&lang=zh")
    expect(desk.locator("main")).to_contain_text("小时")
    expect(desk.locator("main")).not_to_contain_text("held it")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="签名报告").click()

    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    desk.goto("/console?lang=en")


def test_deliveries_by_dialect(desk: Page) -> None:
    desk.goto("/console/deliveries")
    desk.get_by_label("Dialect").select_option("kdniao")

    expect(desk).to_have_url(re.compile("dialect=kdniao"))
    expect(desk.locator(".empty")).to_be_visible()
