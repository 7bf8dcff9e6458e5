"""Analytics and the network page in Chromium: figures, what is behind them, files, trucks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pyarrow.parquet as pq
import pytest
from page_server import PageServer, page_server, watched_page
from playwright.sync_api import Browser, Page, expect

from milepost.pages.console.access.sessions import new_link
from milepost.settings import Settings
from milepost.stores.postgres.users import Users
from milepost.web.auth import hash_of, new_key
from milepost.wiring import build_app

pytest_plugins = ["pg"]
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
HOME = "/console/analytics"
WUHAN = {"facility": "Wuhan hub", "city": "武汉", "country": "CN", "latitude": 30.56,
         "longitude": 114.35}  # fmt: skip
BERLIN = {"facility": "Berlin hub", "city": "Berlin", "country": "DE", "latitude": 52.5,
          "longitude": 13.4}  # fmt: skip
PAGES = (
    HOME, f"{HOME}?carrier=sf", f"{HOME}/promise", f"{HOME}/transit?by=lane",
    f"{HOME}/first_attempt?by=carrier&over=season", f"{HOME}/customs",
    f"{HOME}/customs_causes?by=packing", f"{HOME}/carriers", f"{HOME}/facilities",
    f"{HOME}/exceptions", f"{HOME}/losses", f"{HOME}/volumes", f"{HOME}/lanes",
    f"{HOME}/promise/shipments?carrier=sf&which=broken", "/console/network",
    "/console/network?wall=1&region=asia&span=7d",
)  # fmt: skip

# One of each kind.
KINDS = (HOME, f"{HOME}/transit", f"{HOME}/promise/shipments", "/console/network")


class Desk:
    """A server with roads to count, and the state of a browser that is signed in."""

    def __init__(self, server: PageServer) -> None:
        self.url = server.url
        self.call = server.call
        self.app = server.app
        self.key = new_key()
        self.state: Any = None

    def post(self, path: str, body: Any) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx2.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code < 300, answer.text

    def truck(self, lat: float, hours: float) -> None:
        one = {"asset": "truck:A1", "at": ago(hours), "lat": lat, "lon": 113.0, "speed_kmh": 70,
               "course_deg": 90}  # fmt: skip
        self.post("/v1/devices/samples", [one])


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


@pytest.fixture(scope="module")
def desk(
    module_url: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("figures")
    app = build_app(Settings(database=module_url, data=data, allow_private_targets=True))
    with page_server(app) as server:
        made = Desk(server)
        furnish(made, browser)
        yield made


def furnish(made: Desk, browser: Browser) -> None:
    store = made.app.state.milepost.store
    tenant = made.call(store.accounts.tenant("Figures & Co"))
    made.call(store.accounts.add_key(tenant, hash_of(made.key), "test"))
    for at in range(8):
        travel(made, f"SF8100000{at}", "sf" if at < 5 else "zto", late=at in {1, 6})
    made.truck(31.0, 1)
    drift = made.app.state.milepost.engine.queries.foresight.of(tenant).table.drift
    for at in range(460):  # made-up deliveries of a lane that has become slower
        drift.learn(("", "sf", "CN", "DE"), 10.0, 13.0, (8 + at % 5) * (2 if at >= 400 else 1))
    users = Users(store.pool)
    user = made.call(users.add(tenant, "ada@example.test", "admin", "Ada"))
    context = browser.new_context(base_url=made.url)
    page = context.new_page()
    page.goto(made.call(new_link(users, user)))
    made.state = context.storage_state()
    context.close()


def travel(made: Desk, number: str, carrier: str, *, late: bool) -> None:
    """From China through customs to a door in Berlin; a late one fails once and was held."""
    made.post("/v1/shipments", {
        "number": number, "carrier": carrier, "origin": WUHAN, "destination": BERLIN,
        "ordered_at": ago(300), "promised_at": ago(300), "promised_to": ago(100),
        "goods": "toys" if late else "tea", "packing": "carton", "category": "fragile",
    })  # fmt: skip
    steps = [(15, "in_transit.arrived_hub", WUHAN), (12, "in_transit.departed_facility", WUHAN),
             (9, "customs.processing", BERLIN)]  # fmt: skip
    if late:
        steps.append((8, "customs.info_required", BERLIN))
    steps += [(6, "customs.released", BERLIN), (5, "in_transit.arrived_hub", BERLIN)]
    steps += [(3, "attempt_failed.no_contact", BERLIN)] if late else []
    steps.append((2, "delivered", BERLIN))
    shift = 0 if late else 200
    made.post("/v1/scans", [
        {"number": number, "carrier": carrier, "code": code, "occurred_at": ago(hours + shift),
         "place": place} for hours, code, place in steps
    ])  # fmt: skip


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    """A signed-in page; see `watched_page`. Nothing in its console is an error."""
    errors: list[str] = []
    with watched_page(browser, desk.url, (1440, 900), storage_state=desk.state) as opened:
        opened.on(
            "console", lambda line: errors.append(line.text) if line.type == "error" else None
        )
        yield opened
    assert errors == []


def test_the_overview_has_its_filters_and_every_part(page: Page) -> None:
    page.goto(HOME)

    expect(page.locator("form.asked").get_by_label("Carrier")).to_be_visible()
    expect(page.locator(".cards section, .cards .card").first).to_be_visible()
    expect(page.locator(".fault")).to_have_count(0)


def test_what_has_changed_leads_to_its_lane(page: Page) -> None:
    page.goto(HOME)
    changed = page.get_by_role("region", name="What has changed lately")
    expect(changed.get_by_role("row", name="China – Germany")).to_have_count(2)
    changed.focus()
    page.keyboard.press("Tab")
    expect(changed.get_by_role("link", name="SF Express").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/transit\?by=lane&carrier=sf&origin=CN&destination=DE"))


def test_a_figure_opens_its_shipments_and_one_of_them(page: Page) -> None:
    page.goto(HOME)
    head = page.locator(".heads li").filter(has_text="Promises kept")
    expect(head.locator(".big")).to_have_text("75%")
    expect(head).to_contain_text("few cases")

    page.goto(f"{HOME}/promise")
    row = page.get_by_role("row", name="SF Express")
    row.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("heading", name="Shipments behind this figure: broken")).to_be_visible()
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("link", name="SF81000001").click()
    expect(page).to_have_url(re.compile(r"/console/shipments/SF81000001$"))


def test_customs_by_goods_and_country(page: Page) -> None:
    page.goto(f"{HOME}/customs_causes")
    expect(page.get_by_role("row", name="toys")).to_contain_text("100%")
    expect(page.get_by_role("row", name="tea")).to_contain_text("too few to say")
    page.get_by_role("link", name="Packing").click()
    expect(page.get_by_role("row", name="carton")).to_contain_text("25%")

    page.goto(f"{HOME}/customs")
    expect(page.get_by_role("row", name="Germany")).to_contain_text("3h")


def test_filters_are_in_the_address_and_work_without_script(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(
        base_url=desk.url, storage_state=desk.state, locale="en-GB", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{HOME}/transit")
    page.get_by_label("Carrier").select_option("zto")
    page.get_by_role("button", name="Apply").click()

    expect(page).to_have_url(re.compile(r"carrier=zto"))
    assert page.locator("tbody tr").count() == 1
    assert page.locator(".bars svg").count() == 1
    page.get_by_role("link", name="30 days").click()
    expect(page).to_have_url(re.compile(r"from=\d{4}-\d\d-\d\d"))
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    context.close()


def test_files_hold_what_is_shown(page: Page) -> None:
    page.goto(f"{HOME}/transit?by=carrier&carrier=sf")
    with page.expect_download() as csv:
        page.get_by_role("link", name="CSV").click()
    with page.expect_download() as parquet:
        page.get_by_role("link", name="Parquet").click()

    lines = csv.value.path().read_text("utf-8").splitlines()
    assert (lines[1].split(",")[:2], len(lines)) == (['"sf"', "5"], 2)
    table = pq.read_table(io.BytesIO(parquet.value.path().read_bytes()))
    assert table["n"].to_pylist() == [5]


def test_reports_that_are_none_and_odd_filters(page: Page) -> None:
    assert page.request.get(f"{HOME}/nothing").status == 404
    assert page.request.get(f"{HOME}/transit/file?format=exe").status == 404
    assert page.request.get(f"{HOME}/transit?by=facility").status == 200
    assert page.request.get(f"{HOME}/transit?from=never&lane=%00").status == 200
    assert page.request.get(f"{HOME}/transit/shipments?cursor=x").status == 200
    assert page.request.get(f"{HOME}/transit/shipments?from=9999999999999&week=x").status == 200


def test_trucks_move_on_the_map(desk: Desk, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/console/network")
    truck = page.locator("[data-truck='truck:A1']")
    expect(truck).to_have_count(1)
    before = truck.get_attribute("transform")
    expect(page.get_by_role("row", name=re.compile(r"^Wuhan hub \d"))).to_be_visible()
    expect(page.get_by_role("row", name="A1")).to_contain_text("70 km/h")

    desk.truck(35.5, 0.1)
    expect(truck).not_to_have_attribute("transform", before or "")


def test_what_the_pages_show_in_arabic(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=desk.state, locale="ar")
    page = context.new_page()
    for path in (HOME, "/console/network"):
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert page.locator("html").get_attribute("lang") == "ar"
        for word in ("Analytics", "Network", "Carrier", "Hubs"):
            expect(page.locator("main").get_by_text(word, exact=True)).to_have_count(0)
    context.close()


@pytest.mark.parametrize(
    ("colours", "language", "paths"),
    [("light", "en-GB", PAGES), ("dark", "en-GB", KINDS), ("light", "ar", KINDS)],
)
def test_axe_finds_nothing(
    desk: Desk, browser: Browser, colours: Any, language: str, paths: tuple[str, ...]
) -> None:
    context = browser.new_context(
        base_url=desk.url, storage_state=desk.state, locale=language, color_scheme=colours,
        viewport={"width": 390, "height": 844} if language == "ar" else None, bypass_csp=True,
    )  # fmt: skip
    page = context.new_page()
    script = AXE.read_text("utf-8")
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
        page.evaluate(script)
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
    context.close()
