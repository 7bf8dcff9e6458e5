"""Photographs every page of the console of a running demo, and asks axe what is wrong with each.

    python scripts/console_screenshots.py SIGN-IN-URL [NAME ...]    into build/screenshots/console/

The one-time sign-in URL is what `milepost demo` prints. Needs Debian's chromium.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "screenshots" / "console"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STATE = ROOT / "build" / "console-session.json"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LOOKS = (("desk", 1440, "light", "en"), ("desk", 1440, "dark", "zh"), ("phone", 390, "light", "zh"),
         ("phone", 390, "dark", "en"), ("desk", 1440, "light", "ar"),
         ("phone", 390, "light", "ar"), ("desk", 1440, "light", "de"))  # fmt: skip
PAGES = {
    "worries": "/console", "shipments": "/console/shipments", "cases": "/console/cases",
    "network": "/console/network?span=7d", "wall": "/console/network?span=7d&wall=1",
    "analytics": "/console/analytics", "notices": "/console/notices",
    "policies": "/console/policies", "subscriptions": "/console/subscriptions",
    "deliveries": "/console/deliveries", "connections": "/console/connections?source=kdniao",
    "import": "/console/import", "brand": "/console/brand", "keys": "/console/keys",
    "users": "/console/users", "tenants": "/console/tenants", "audit": "/console/audit",
    "account": "/console/account",
    "unknown": "/console/shipments/QQ000000000",
}  # fmt: skip


def signed_in(browser: Browser, url: str) -> None:
    """A session for all looks, kept while the demo runs."""
    context = browser.new_context()
    context.new_page().goto(url)
    context.storage_state(path=STATE)
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds, in short."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:160]!r}"
        for rule in found["violations"]
        for node in rule["nodes"][:2]
    ]


def linked(page: Page) -> dict[str, str]:
    """A shipment and a case of the demo."""
    page.goto("/console")
    found = {}
    for name, selector in (("shipment", "a.name"), ("case", ".owner a")):
        link = page.locator(selector).first
        if link.count():
            found[name] = str(link.get_attribute("href"))
    return found


def main(url: str, names: list[str]) -> None:
    """Every page, or those named, in every look."""
    OUT.mkdir(parents=True, exist_ok=True)
    base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if "token=" in url:
            signed_in(browser, url)
        for size, width, theme, locale in LOOKS:
            context = browser.new_context(
                base_url=base, storage_state=STATE, viewport={"width": width, "height": 900},
                color_scheme="dark" if theme == "dark" else "light",
            )  # fmt: skip
            page = context.new_page()
            page.on(
                "console", lambda line: print("  !", line.text) if line.type == "error" else None
            )
            for name, path in (PAGES | linked(page)).items():
                if names and name not in names:
                    continue
                page.goto(f"{path}{'&' if '?' in path else '?'}lang={locale}")
                page.wait_for_timeout(150)
                page.screenshot(path=OUT / f"{name}-{size}-{locale}-{theme}.png", full_page=True)
                for fault in faults(page):
                    print(f"{name}-{size}-{theme}: {fault}")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
