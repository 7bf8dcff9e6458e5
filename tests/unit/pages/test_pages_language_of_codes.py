"""One-time codes speak the reader's language, also where no cookie is kept."""

from __future__ import annotations

from starlette.testclient import TestClient

from unit.pages import samples
from unit.pages.fake import ONCE, FakeExtras, FakeLookup, application

PAGE = f"/t/{samples.waiting_at_station().number}"


def client_of(extras: FakeExtras) -> TestClient:
    return TestClient(application(extras=extras), follow_redirects=False)


def test_the_code_is_sent_in_the_language_of_the_page() -> None:
    extras = FakeExtras(FakeLookup())
    client = client_of(extras)

    client.post(PAGE, params={"lang": "ar"})
    client.cookies.clear()
    client.post(PAGE, headers={"Accept-Language": "de-AT,de;q=0.9"})
    client.cookies.set("lang", "ja")
    client.post(PAGE)

    assert extras.spoken == ["ar", "de", "ja"]


def test_a_form_leads_back_in_its_own_language() -> None:
    client = client_of(FakeExtras(FakeLookup()))

    asked = client.post(PAGE, params={"lang": "zh-Hant"})
    wrong = client.post(PAGE, params={"lang": "zh-Hant"}, data={"code": "000000"})
    right = client.post(PAGE, params={"lang": "zh-Hant"}, data={"code": ONCE})

    assert asked.headers["location"] == f"{PAGE}?code=sent&lang=zh-Hant"
    assert wrong.headers["location"] == f"{PAGE}?code=wrong&lang=zh-Hant"
    assert right.headers["location"].endswith("&lang=zh-Hant")
    assert f'action="{PAGE}?lang=fr"' in client.get(PAGE, params={"lang": "fr"}).text
    assert f'action="{PAGE}"' in client.get(PAGE).text
