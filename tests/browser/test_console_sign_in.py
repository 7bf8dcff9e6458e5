"""Sign-in by an identity provider in Chromium, and what the console's forms do there: a carrier is
recommended, and a store words its mails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_server import page_server, watched_page
from playwright.sync_api import Browser, Page, expect

from journey.serving import free_port
from milepost.settings import Settings
from milepost.wiring import build_app
from oidc_provider import OidcProvider

pytest_plugins = ["pg"]
AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TARIFFS = """\
carrier,service,currency,mode,zone,destinations,up_to_g,price,per_kg
gls,parcel,EUR,road,home,DE AT,31500,6.40,
dhl,express,EUR,air,world,*,70000,38.00,9.50
"""


@pytest.fixture(scope="module")
def site(module_url: str, tmp_path_factory: Any) -> Iterator[tuple[str, OidcProvider]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with OidcProvider(redirects={f"{url}/console/sign-in/provider/back"}, asks=True) as provider:
        settings = Settings(
            database=module_url, data=tmp_path_factory.mktemp("sign-in"), public_url=url,
            oidc_issuer=provider.issuer, oidc_client_id=provider.client_id,
            oidc_client_secret=provider.client_secret, oidc_name="Tea ID", oidc_tenant="Tea & Co",
            oidc_default_role="admin",
        )  # fmt: skip
        with page_server(build_app(settings), port) as server:
            server.call(server.app.state.milepost.store.accounts.tenant("Tea & Co"))
            yield url, provider


@pytest.fixture
def page(site: tuple[str, OidcProvider], browser: Browser) -> Iterator[Page]:
    """Signed in by the provider, as somebody would be, by hand."""
    url, provider = site
    provider.claims = {"sub": "ada", "email": "ada@teahouse.example", "email_verified": True,
                       "name": "Ada"}  # fmt: skip
    with watched_page(browser, url, also=provider.issuer) as page:
        _sign_in(page)
        expect(page).to_have_url(f"{url}/console/recommend")
        yield page


def _sign_in(page: Page) -> None:
    page.goto("/console/recommend")
    page.get_by_role("link", name="Sign in with Tea ID").click()
    expect(page).to_have_title("Provider")
    page.get_by_role("link", name="It is me").click()


def axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    answer = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in answer["violations"]]


def test_signing_out_leads_to_the_way_out_there(page: Page, site: tuple[str, OidcProvider]) -> None:
    page.get_by_text("Menu").first.click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("You are signed out here.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Sign out at Tea ID too").click()
    expect(page).to_have_url(re.compile(re.escape(site[1].issuer) + "/out"))
    page.goto("/console")
    expect(page).to_have_url(re.compile("/console/sign-in"))


def test_a_carrier_is_recommended(page: Page, tmp_path: Path) -> None:
    (tmp_path / "tariffs.csv").write_text(TARIFFS)
    page.get_by_label("A CSV with a line").set_input_files(tmp_path / "tariffs.csv")
    page.get_by_role("button", name="Replace all tariffs").click()
    expect(page.locator("#toast")).to_contain_text("2 tariffs hold from now on.")

    for end, city, country in (("from", "Hamburg", "DE"), ("to", "Wien", "AT")):
        page.locator(f"#{end}_city").fill(city)
        page.locator(f"#{end}_country").select_option(country)
    page.get_by_label("Weight (kg)").fill("2,3")
    page.get_by_label("Prefer").select_option("cheap")
    page.get_by_role("button", name="Compare").click()

    expect(page.locator(".options tbody tr")).to_have_count(2)
    expect(page.locator(".options tbody tr").first).to_contain_text("GLS")
    expect(page.locator(".options tbody tr").first).to_contain_text("€6.40")
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_label("Weight (kg)").fill("much")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("The weight is no number")


def test_a_mail_is_worded_with_a_preview(page: Page) -> None:
    page.goto("/console/brand?mail=ready&language=de")
    page.get_by_label("Subject").fill("Abholen: {number}")
    page.get_by_label("Text", exact=True).fill("Guten Tag {name}")
    page.locator("#mails").get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no such field: {name}")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Guten Tag {name}")

    page.get_by_label("Text", exact=True).fill("Guten Tag\n\n{shop} grüßt")
    page.locator("#mails").get_by_role("button", name="Save").click()
    expect(page.locator(".mail .subject")).to_have_text("Abholen: ZX000000001")
    expect(page.locator(".mail")).to_contain_text("Milepost grüßt")
    assert axe(page) == []


def test_the_account_page_shows_the_binding(page: Page) -> None:
    page.goto("/console/account")
    expect(page.locator("main")).to_contain_text("You can sign in with Tea ID.")
    assert axe(page) == []
    page.get_by_role("button", name="Unbind").click()
    page.get_by_role("link", name="Bind Tea ID").click()
    page.get_by_role("link", name="It is me").click()
    expect(page.get_by_text("From now on Tea ID signs you in.")).to_be_visible()
