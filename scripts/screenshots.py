"""Photographs every sample page: phone and desk, each language, light and dark.

    python scripts/screenshots.py [NAME ...]    into build/screenshots/

Needs Debian's chromium (CHROMIUM names another). The samples are those of the tests.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
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
        "scan": "/scan",
        "kiosk": "/kiosk",
        "kiosk-answer": f"/kiosk?n={SAMPLES['on-the-way'].number}",
        "parcels": "/parcels",
        "embed": f"/embed/{SAMPLES['on-the-way'].number}",
        "offline": "/offline",
    }


def serve() -> uvicorn.Server:
    """The pages on a thread of their own."""
    server = uvicorn.Server(uvicorn.Config(application(), port=PORT, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server


def photograph(
    browser: Browser, chosen: dict[str, str], size: str, locale: str, theme: str
) -> None:
    """One context: every chosen page, whole."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=1,
    )
    kept = [{"number": row.number, "url": f"/t/{row.number}"} for row in SAMPLES.values()]
    context.add_init_script(f"localStorage.setItem('parcels', {json.dumps(json.dumps(kept))})")
    page = context.new_page()
    for name, path in chosen.items():
        mark = "&" if "?" in path else "?"
        page.goto(f"http://127.0.0.1:{PORT}{path}{mark}lang={locale}", wait_until="load")
        if name == "parcels":
            page.wait_for_selector(".calendar")
        page.screenshot(path=OUT / f"{name}-{size}-{locale}-{theme}.png", full_page=True)
    context.close()


def main(names: list[str]) -> None:
    """All pages, or those named; `lang=ar,th` gives other languages than English and Chinese."""
    locales = next((one[5:].split(",") for one in names if one.startswith("lang=")), LOCALES)
    names = [one for one in names if not one.startswith("lang=")]
    chosen = {name: path for name, path in pages().items() if not names or name in names}
    OUT.mkdir(parents=True, exist_ok=True)
    server = serve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for size in SIZES:
            for locale in locales:
                for theme in ("light", "dark"):
                    photograph(browser, chosen, size, locale, theme)
        browser.close()
    server.should_exit = True
    print(f"{len(chosen) * 4 * len(locales)} screenshots in {OUT}")


if __name__ == "__main__":
    main(sys.argv[1:])
