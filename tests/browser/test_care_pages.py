"""The care page in a real Chromium over a real server: axe, keyboard, phone and desk, no script."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from page_server import SIZES, PageServer, page_server, watched_page
from playwright.sync_api import Browser, Page, expect

from milepost.settings import Settings
from milepost.web.auth import hash_of, new_key
from milepost.wiring import build_app
from push_browser import PushBrowser
from shared import ROOT
from smtp_server import SmtpServer

pytest_plugins = ["pg"]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "screenshots" / "care"
NUMBER = "SF6000000000001"


class Site:
    def __init__(self, url: str, smtp: SmtpServer, key: str) -> None:
        self.url = url
        self.smtp = smtp
        self.headers = {"Authorization": f"Bearer {key}"}

    def post(self, path: str, body: Any) -> Any:
        with httpx2.Client(base_url=self.url, headers=self.headers) as client:
            answer = client.post(path, content=json.dumps(body))
        return answer.raise_for_status().json()


@pytest.fixture(scope="module")
def care(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with one parcel whose delivery failed two hours ago."""
    data = tmp_path_factory.mktemp("care")
    settings = Settings(database=module_url, data=data, allow_private_targets=True)
    with page_server(build_app(settings)) as server, SmtpServer() as smtp:
        yield Site(server.url, smtp, _prepare(server, smtp))


def _prepare(server: PageServer, smtp: SmtpServer) -> str:
    key = new_key()
    milepost = server.app.state.milepost

    async def make() -> None:
        tenant = await milepost.store.accounts.tenant("teahouse")
        await milepost.store.accounts.add_key(tenant, hash_of(key), "test")
        await milepost._know_tenants()

    server.call(make())
    headers = {"Authorization": f"Bearer {key}"}
    mail = {"host": "127.0.0.1", "port": smtp.port, "security": "none",
            "sender": "post@teahouse.example"}  # fmt: skip
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7_200))
    shipment = {"number": NUMBER, "carrier": "sf", "consignee": {"email": "ada@example.org"}}
    scans = [{"number": NUMBER, "carrier": "sf", "code": "attempt_failed.no_contact",
              "occurred_at": at}]  # fmt: skip
    with httpx2.Client(base_url=server.url, headers=headers) as client:
        client.put("/v1/channels/email", json={"settings": mail}).raise_for_status()
        client.post("/v1/shipments", json=shipment).raise_for_status()
        client.post("/v1/scans", content=json.dumps(scans)).raise_for_status()
    return key


@pytest.fixture(params=sorted(SIZES))
def page(request: pytest.FixtureRequest, care: Site, browser: Browser) -> Iterator[Page]:
    with watched_page(browser, care.url, SIZES[request.param]) as opened:
        yield opened
        PICTURES.mkdir(parents=True, exist_ok=True)
        opened.screenshot(path=PICTURES / f"{request.node.name}.png", full_page=True)


def axed(page: Page) -> None:
    """axe finds nothing, in both themes, with every card open."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_problem_is_reported_by_keyboard(page: Page) -> None:
    page.goto(f"/t/{NUMBER}/care")
    summary = page.get_by_text("Report a problem")
    summary.press("Enter") if summary.evaluate("e => e.tabIndex >= 0") else summary.click()
    page.get_by_label("It is damaged").focus()
    page.keyboard.press("Space")
    page.get_by_label("In your words").first.fill("The corner is soft.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    assert re.search(r"noted|have that already", page.inner_text("#answer"))
    axed(page)


@pytest.mark.parametrize("language", ["zh", "ar"])
@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_nothing_stands_in_the_way(page: Page, language: str) -> None:
    page.goto(f"/t/{NUMBER}?lang={language}")
    page.locator(".tools a[href$='/care']").click()
    page.wait_for_url("**/care")
    axed(page)


def test_a_second_delivery_without_any_script(care: Site, browser: Browser) -> None:
    context = browser.new_context(base_url=care.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/t/{NUMBER}/care")
    page.get_by_role("button", name="Send me the digits").click()
    mail = care.smtp.count(1)[-1].part("plain")
    digits = re.search(r"^\s+(\d{6})\s*$", mail, re.MULTILINE)
    assert digits is not None
    page.get_by_label("The six digits").fill(digits[1])
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("You have shown that the parcel is yours").wait_for()
    page.get_by_text("Deliver it again").first.click()
    page.get_by_label("Part of the day").first.select_option("evening")
    page.get_by_role("button", name="Deliver it again").click()
    assert "noted" in page.inner_text("#answer")
    context.close()


# Chromium's own push service is on the internet: what it would answer is put in its place. All
# else is the browser's own: permission, worker, the posted subscription, the notification.
FAKE_SERVICE = """
PushManager.prototype.subscribe = async (options) => {
  window.asked = { visible: options.userVisibleOnly, key: options.applicationServerKey.length };
  return { toJSON: () => (SUBSCRIPTION) };
};
"""


@pytest.mark.parametrize(("language", "button", "title"), [
    ("en", "Tell me in this browser", "Your parcel has been delivered"),
    ("zh", "在这个浏览器里通知我", "您的包裹已送达"),
])  # fmt: skip
def test_the_browser_is_asked_and_shows_what_is_pushed(
    care: Site, browser: Browser, language: str, button: str, title: str
) -> None:
    number = f"SF60000000007{len(language + button):02}"
    with PushBrowser() as service:
        context = browser.new_context(base_url=care.url, permissions=["notifications"])
        fake = FAKE_SERVICE.replace("SUBSCRIPTION", json.dumps(service.subscription))
        context.add_init_script(fake)
        page = context.new_page()
        _scanned(care, number, "in_transit.arrived_hub", 3_600)
        page.goto(f"/t/{number}?lang={language}")
        page.locator(".tools a[href$='#subscribe']").click()
        page.get_by_role("button", name=button).click()
        expect(page.locator(".push [role=status]")).not_to_be_empty()
        expect(page.locator(".push [role=status]")).to_have_text(
            page.locator("[data-push]").get_attribute("data-done") or ""
        )
        assert page.evaluate("window.asked") == {"visible": True, "key": 65}
        _scanned(care, number, "delivered", 60)
        service.count(1)
        shown = _delivered(page, json.dumps(service.read(service.got[0][1])))
        context.close()

    assert shown == [{"title": title, "tag": shown[0]["tag"], "url": f"/t/{number}"}]


def test_a_refusal_is_respected(care: Site, browser: Browser) -> None:
    context = browser.new_context(base_url=care.url, locale="en-GB")
    context.add_init_script("Notification.requestPermission = async () => 'denied'")
    page = context.new_page()
    page.goto(f"/t/{NUMBER}/care?subscribe=open")
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.locator(".push [role=status]")).to_have_text("This browser does not allow it.")
    context.close()


SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (let n = 0; n < 100; n += 1) {
    const rows = await worker.getNotifications();
    if (rows.length) return rows.map(({ title, tag, data }) =>
      ({ title, tag, url: new URL(data.url, location.origin).pathname }));
    await new Promise((done) => setTimeout(done, 50));
  }
  return [];
}"""


def _scanned(care: Site, number: str, code: str, ago_s: int) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago_s))
    row = {"number": number, "carrier": "sf", "code": code, "occurred_at": at}
    assert care.post("/v1/scans", [row])["accepted"] == 1


def _delivered(page: Page, data: str) -> list[dict[str, str]]:
    """What is shown. A worker that is just waking up may miss the first knock; a message that
    comes again takes the place of the first, for it has its tag.
    """
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    for _ in range(4):
        _deliver(page, data)
        if shown := page.evaluate(SHOWN):
            return list(shown)
    return []


def _deliver(page: Page, data: str) -> None:
    """As the push service would, once the browser has opened the message."""
    devtools = page.context.new_cdp_session(page)
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    for _ in range(100):
        if known:
            break
        page.wait_for_timeout(50)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": page.url.split("/t/")[0], "registrationId": known[0], "data": data},
    )
