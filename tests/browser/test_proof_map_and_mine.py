"""The pick-up code for its owner, the road on a map, and the parcels kept on a device."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from unit.pages import samples
from unit.pages.fake import ONCE, PROOF

STATION = f"/t/{samples.waiting_at_station().number}"
LOCKER = f"/t/{samples.locker().number}"
CROSS_BORDER = samples.cross_border().number
CODE = "7-40-2291"
WAITING = samples.waiting_at_station().number


def test_the_code_is_hidden_until_a_one_time_code_proves_it(page: Page) -> None:
    page.goto(STATION)
    expect(page.get_by_text("The code is shown only to the person")).to_be_visible()
    assert CODE not in page.content()
    page.get_by_role("button", name="Send me a one-time code").click()
    expect(page.get_by_text("a one-time code is on its way")).to_be_visible()
    page.get_by_label("One-time code").fill("000000")
    page.get_by_role("button", name="Show the pick-up code").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong or no longer valid")
    page.get_by_label("One-time code").fill(ONCE)
    page.get_by_role("button", name="Show the pick-up code").click()

    expect(page.get_by_text(CODE, exact=True)).to_be_visible()


def test_the_merchants_link_shows_the_code_at_once(page: Page) -> None:
    page.goto(f"{STATION}?k={PROOF}")
    expect(page.get_by_text(CODE, exact=True)).to_be_visible()


def test_a_public_page_has_no_code_even_in_the_carriers_words(page: Page) -> None:
    page.goto(LOCKER)

    expect(page.get_by_text("凭取件码 ••••")).to_be_visible()
    assert "6-3-7042" not in page.content()


def test_the_road_is_drawn_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="en-GB")
    page = context.new_page()
    page.goto(f"/t/{CROSS_BORDER}")

    picture = page.get_by_role("img", name="Map of the road: Yiwu – Ningbo")
    expect(picture).to_be_visible()
    assert picture.locator("path.way.air").count() == 1
    assert picture.locator("path.way.ahead").count() == 1
    expect(page.get_by_text("about 20 mi to go")).to_be_visible()
    context.close()


def test_the_big_map_opens_without_a_tile_server(drawing: Browser, site: str) -> None:
    context = drawing.new_context(
        base_url=site, locale="en-GB", viewport={"width": 900, "height": 900}
    )
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(f"/t/{CROSS_BORDER}")
    page.get_by_role("button", name="Open the map").click()

    expect(page.locator(".big[data-drawn]")).to_be_visible(timeout=60_000)
    expect(page.locator(".big canvas")).to_be_visible()
    page.get_by_role("button", name="Close the map").click()
    expect(page.get_by_role("img", name="Map of the road")).to_be_visible()
    context.close()
    assert [url for url in asked if not url.startswith((site, "blob:", "data:"))] == []
    assert faults == []


def test_my_parcels_on_this_device_in_groups_and_on_a_calendar(page: Page) -> None:
    page.goto("/parcels")
    expect(page.get_by_text("No parcels here yet.")).to_be_visible()
    for track in (
        samples.on_the_way(),
        samples.out_for_delivery(),
        samples.locker(),
        samples.delivered(),
    ):
        page.goto(f"/t/{track.number}")
        page.get_by_role("button", name="Keep in My parcels").click()
        expect(page.get_by_role("button", name="Kept")).to_be_visible()
    page.get_by_role("link", name="My parcels").click()

    for group in ("Arriving today", "Waiting for pick-up", "On the way", "Done"):
        expect(page.get_by_role("heading", name=group)).to_be_visible()
    day = page.locator("td.today")
    expect(day).to_contain_text("Came …0018")
    expect(day).to_contain_text("Comes …9925")
    page.get_by_role("button", name="Month after").click()
    expect(page.get_by_role("heading", name="Calendar December 2026")).to_be_visible()
    page.get_by_role("button", name="Month before").click()
    expect(page.get_by_role("heading", name="Calendar November 2026")).to_be_visible()
    page.get_by_role("button", name=f"Remove {samples.on_the_way().number}").click()
    expect(page.get_by_role("heading", name="On the way")).to_have_count(0)
    feed = page.get_by_role("link", name="Calendar feed").get_attribute("href")
    assert feed is not None
    answer = page.request.get(feed)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text().count("BEGIN:VEVENT") == 2


def test_kept_parcels_open_without_a_connection_pick_up_code_included(page: Page) -> None:
    page.goto(f"{STATION}?k={PROOF}")
    page.get_by_role("button", name="Keep in My parcels").click()
    expect(page.get_by_role("button", name="Kept")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/parcels")
    expect(page.get_by_role("heading", name="Waiting for pick-up")).to_be_visible()

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("link", name=samples.waiting_at_station().number).click()
    expect(page.get_by_text(CODE, exact=True)).to_be_visible()
    page.goto(LOCKER)
    expect(page.get_by_role("heading", name="Offline")).to_be_visible()
    page.context.set_offline(False)


def test_share_leaves_the_proof_out(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("Object.defineProperty(navigator, 'share', {value: undefined})")
    page.goto(f"{STATION}?k={PROOF}")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()

    assert page.evaluate("navigator.clipboard.readText()").endswith(STATION)


def test_my_parcels_name_pick_up_codes_without_a_connection_too(page: Page) -> None:
    page.goto(f"/t/{WAITING}?k={PROOF}")
    page.get_by_role("button", name="Keep in My parcels").click()
    expect(page.get_by_role("button", name="Kept")).to_be_visible()
    page.goto("/parcels")
    code = page.locator(f"[data-row='{WAITING}'] .code")
    expect(code).to_contain_text(CODE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(code).to_contain_text(CODE)

    page.context.set_offline(True)
    page.reload()
    expect(code).to_contain_text(CODE)
    expect(page.locator(".away")).to_be_visible()
    page.context.set_offline(False)


def test_the_list_is_shared_without_any_proof(page: Page) -> None:
    page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page.goto(f"/t/{WAITING}?k={PROOF}")
    page.get_by_role("button", name="Keep in My parcels").click()
    expect(page.get_by_role("button", name="Kept")).to_be_visible()
    page.goto("/parcels")
    page.get_by_role("button", name="Share the list").click()
    shared = page.evaluate("window.shared.url")

    assert shared.endswith(f"/?n={WAITING}")
    page.goto(shared)
    expect(page.get_by_role("link", name=WAITING)).to_be_visible()
    assert CODE not in page.content()


def test_on_paper_the_whole_road_stands_with_its_bar_code(page: Page) -> None:
    page.goto(f"/t/{samples.two_hundred_events().number}")
    page.emulate_media(media="print")
    rows = page.locator(".scans > li")

    expect(page.locator("svg.bars.paper")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.locator(".hero .tools")).to_be_hidden()
    expect(rows.last).to_be_visible()
    assert rows.count() == 200


def test_who_gets_the_parcel_and_the_proof_of_delivery(page: Page) -> None:
    page.goto(f"/t/{samples.delivered().number}?k={PROOF}")
    for name in ("Photograph of the delivery", "Signature"):
        picture = page.get_by_role("img", name=name)
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        page.wait_for_function("one => one.naturalWidth > 0", arg=picture.element_handle())
    expect(page.get_by_text("7 Sample Street")).to_be_visible()
