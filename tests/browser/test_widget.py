"""A parcel on a shop's own page: the element, and the frame where it cannot be used."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, expect

from unit.pages import samples

NUMBER = samples.out_for_delivery().number
POLICY = "default-src 'none'; script-src {site}; connect-src {site}; frame-src {site}"
STATIC = Path(__file__).resolve().parents[2] / "src" / "milepost" / "pages" / "static"


@contextmanager
def shop(body: str, policy: str) -> Iterator[str]:
    """Another origin: the address of a page with that body and policy."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        log_message: Callable[..., None] = lambda *_: None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/orders/7"
    server.shutdown()
    server.server_close()


def test_the_element_on_a_shops_page_with_a_strict_policy(browser: Browser, site: str) -> None:
    body = (
        '<!doctype html><html lang="fr"><title>Shop</title><link rel="icon" href="data:,">'
        f'<script src="{site}/widget.js"></script>'
        f'<milepost-tracker number="{NUMBER}"></milepost-tracker>'
        "<milepost-tracker id=ask></milepost-tracker></html>"
    )
    with shop(body, f"{POLICY.format(site=site)}; img-src data:") as url:
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda line: faults.append(line.text) if "Polic" in line.text else None)
        page.goto(url)

        expect(page.get_by_role("heading", level=3)).to_contain_text("Aujourd’hui")
        expect(page.get_by_role("link", name="Tout le trajet")).to_have_attribute(
            "href", f"{site}/t/{NUMBER}?lang=fr"
        )
        page.locator("#ask").get_by_role("textbox").fill(samples.lost().number)
        page.locator("#ask").get_by_role("button").click()
        expect(page.locator("#ask").get_by_role("heading")).to_have_text("Perdu")
        context.close()
    assert faults == []


def test_the_frame(browser: Browser, site: str) -> None:
    body = f'<!doctype html><title>Shop</title><iframe src="{site}/embed/{NUMBER}"></iframe>'
    with shop(body, POLICY.format(site=site)) as url:
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(url)

        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", level=1)).to_contain_text("Today")
        context.close()


def test_the_element_is_light() -> None:
    assert len(gzip.compress((STATIC / "widget.js").read_bytes(), 9)) <= 8 * 1024
    assert (STATIC / "widget.js").stat().st_size <= 8 * 1024
