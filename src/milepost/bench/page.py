"""`milepost bench page`: how much later a buyer's page paints than a page with one heading."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import click
import httpx2
import msgspec
from msgspec import Struct

from milepost.bench.machine import Machine, machine
from milepost.bench.output import middle, show, steps
from milepost.bench.server import Server, free_port, room

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NUMBER = "YT8000000099001"
HEADING = b"<!doctype html><title>One heading</title><h1>One heading</h1>"
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A road across two countries, with a map, invented.
_ROAD = (
    ("info_received.created", "2026-11-14T09:00:00+08:00", "Hangzhou, CN"),
    ("picked_up", "2026-11-14T18:20:00+08:00", "Hangzhou, CN"),
    ("in_transit.departed_country", "2026-11-15T23:10:00+08:00", "Shanghai, CN"),
    ("customs.released", "2026-11-17T08:30:00+01:00", "Leipzig, DE"),
    ("in_transit.arrived_hub", "2026-11-18T04:45:00+01:00", "Hamburg, DE"),
)


class PageFigures(Struct, frozen=True, kw_only=True):
    """Median first paints in ms from a cold cache, the extra over the heading, and weights in
    bytes as sent (gzip): the page alone, and with the files that it needs.
    """

    heading_ms: float
    page_ms: float
    extra_ms: float
    rounds: int
    page_bytes: int
    all_bytes: int
    machine: Machine


def run(rounds: int) -> PageFigures:
    """A real server and a real Chromium; the two pages are loaded in turn."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise click.ClickException("Needs playwright: pip install playwright.") from None
    with ExitStack() as stack:
        server = Server(stack.enter_context(room(None)))
        stack.callback(server.close)
        server.start()
        _tell_road(server)
        heading = stack.enter_context(_heading())
        page = f"http://127.0.0.1:{server.port}/t/{NUMBER}?lang=en"
        progress = stack.enter_context(steps(rounds))
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=_chromium(), args=_ARGUMENTS)
        times: dict[str, list[float]] = {heading: [], page: []}
        for number in range(rounds + 2):
            for url, found in times.items():
                paint = _first_paint(browser, url)
                if number > 1:  # the first ones only warm up
                    found.append(paint)
            progress.done(f"painting, round {number}")
        browser.close()
        sizes = _weights(page)
    return PageFigures(
        heading_ms=middle(times[heading]),
        page_ms=middle(times[page]),
        extra_ms=round(middle(times[page]) - middle(times[heading]), 2),
        rounds=rounds,
        page_bytes=sizes[0],
        all_bytes=sum(sizes),
        machine=machine(),
    )


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise click.ClickException("Needs Chromium: apt-get install chromium.")
    return found


def _tell_road(server: Server) -> None:
    scans = [
        {"number": NUMBER, "carrier": "yto", "code": code, "occurred_at": at, "place": place}
        for code, at, place in _ROAD
    ]
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{server.port}/v1/scans"
    answer = httpx2.post(url, content=msgspec.json.encode(scans), headers=headers)
    answer.raise_for_status()


@contextmanager
def _heading() -> Iterator[str]:
    """A page with one heading on a port of its own."""

    class Heading(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(HEADING)))
            self.end_headers()
            self.wfile.write(HEADING)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the figures are what is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Heading)
    thread = threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def _first_paint(browser: Browser, url: str) -> float:
    """Milliseconds from the start of navigation; a context of its own has an empty cache."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(url, wait_until="load")
    paint = None
    while paint is None:
        page.wait_for_timeout(20)
        paint = page.evaluate(_PAINT)
    context.close()
    return float(paint)


def _weights(page: str) -> list[int]:
    """What the page and its files weigh, compressed."""
    html = httpx2.get(page).text
    base = page.split("/t/")[0]
    files = re.findall(r'(?:href|src)="(/(?:static|brand)/[^"]+)"', html)
    bodies = [html.encode(), *(httpx2.get(base + url).content for url in dict.fromkeys(files))]
    return [len(gzip.compress(body, 6)) for body in bodies]


@click.command("page")
@click.option("--rounds", default=15, show_default=True, help="Loads of each page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def page_command(rounds: int, as_json: bool) -> None:
    """The first paint of a buyer's page against a page with one heading, in Chromium."""
    show("First paint", run(rounds), as_json=as_json)
