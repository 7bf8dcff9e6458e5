"""Photographs every sample page: phone and desk, each language, light and dark.

    python scripts/screenshots.py [NAME ...]    into build/screenshots/
    python scripts/screenshots.py at=http://127.0.0.1:8000 NUMBER ...    parcels of a running server
    python scripts/screenshots.py lang=de,ja theme=dark size=phone       only these

Needs Debian's chromium (CHROMIUM names another). The samples are those of the tests.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from itertools import product
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from unit.pages.fake import AMBIGUOUS, MISTYPED, PROOF, application  # noqa: E402
from unit.pages.samples import SAMPLES  # noqa: E402

OUT = ROOT / "build" / "screenshots"
PORT = 8392
LOCALES = ["en", "zh", "ar"]
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pages() -> dict[str, str]:
    """The address of each page by its name."""
    numbers = [track.number for track in SAMPLES.values()]
    listed = ",".join([*numbers, *(f"ZX{n:09}" for n in range(12))])
    tracks = {name: f"/t/{track.number}" for name, track in SAMPLES.items()}
    return tracks | {
        "look-up": "/",
        "look-up-nothing": "/?q=hello",
        "results": f"/?n={listed}",
        "missing-mistyped": f"/t/{MISTYPED}",
        "missing-ambiguous": f"/t/{AMBIGUOUS}",
        "missing": "/t/QQ4410029918",
        "pickup-code": f"/t/{SAMPLES['waiting-at-station'].number}?k={PROOF}",
        "delivered-proof": f"/t/{SAMPLES['delivered'].number}?k={PROOF}",
        "scan": "/scan",
        "kiosk": "/kiosk",
        "kiosk-answer": f"/kiosk?n={SAMPLES['on-the-way'].number}",
        "parcels": "/parcels",
        "embed": f"/embed/{SAMPLES['on-the-way'].number}",
        "offline": "/offline",
    }


def parcels_at(numbers: list[str]) -> dict[str, str]:
    """The pages of a running server."""
    return {number: f"/t/{number}" for number in numbers} | {
        "look-up": "/",
        "results": f"/?n={','.join([*numbers, 'ZX000000001'])}",
        "parcels": "/parcels",
        "kiosk-answer": f"/kiosk?n={numbers[0]}",
        "embed": f"/embed/{numbers[0]}",
    }


def serve() -> uvicorn.Server:
    """The pages on a thread of their own."""
    server = uvicorn.Server(uvicorn.Config(application(), port=PORT, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server


def photograph(
    browser: Browser, chosen: dict[str, str], site: str, size: str, locale: str, theme: str
) -> None:
    """One context: every chosen page, whole."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=1,
    )
    kept = [
        {"number": path.removeprefix("/t/"), "url": path}
        for path in chosen.values()
        if path.startswith("/t/")
    ]
    context.add_init_script(f"localStorage.setItem('parcels', {json.dumps(json.dumps(kept))})")
    page = context.new_page()
    for name, path in chosen.items():
        mark = "&" if "?" in path else "?"
        page.goto(f"{site}{path}{mark}lang={locale}", wait_until="load")
        if name == "parcels":
            page.wait_for_selector(".calendar")
        page.screenshot(path=OUT / f"{name}-{size}-{locale}-{theme}.png", full_page=True)
    context.close()


def main(words: list[str]) -> None:
    """All pages, or those named; the words with `=` choose language, theme, size and server."""
    wanted = dict(word.split("=", 1) for word in words if "=" in word)
    names = [word for word in words if "=" not in word]
    found = parcels_at(names) if "at" in wanted else pages()
    chosen = {name: path for name, path in found.items() if not names or name in names}
    chosen = found if "at" in wanted else chosen
    locales, themes, sizes = (
        wanted[name].split(",") if name in wanted else usual
        for name, usual in (("lang", LOCALES), ("theme", ["light", "dark"]), ("size", list(SIZES)))
    )
    OUT.mkdir(parents=True, exist_ok=True)
    server = None if "at" in wanted else serve()
    site = wanted.get("at", f"http://127.0.0.1:{PORT}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for size, locale, theme in product(sizes, locales, themes):
            photograph(browser, chosen, site, size, locale, theme)
        browser.close()
    if server is not None:
        server.should_exit = True
    print(f"{len(chosen) * len(sizes) * len(locales) * len(themes)} screenshots in {OUT}")


if __name__ == "__main__":
    main(sys.argv[1:])
