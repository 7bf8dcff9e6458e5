"""What is the consignee's alone: shown to who has proved himself, carried along, never shared."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from milepost.pages.care.actions import ACTIONS
from milepost.pages.view.notices import ACTS
from unit.pages import samples
from unit.pages.fake import PROOF, YOURS, application

WAITING, DELIVERED = samples.waiting_at_station(), samples.delivered()


@pytest.fixture
def client() -> TestClient:
    return TestClient(application(), follow_redirects=False)


def test_the_proof_of_delivery_is_for_who_has_proved_himself(client: TestClient) -> None:
    page = f"/t/{DELIVERED.number}?lang=en"
    seen = [YOURS.name, *YOURS.lines, YOURS.phone, *(one.url for one in YOURS.evidence)]

    hidden, shown = client.get(page).text, client.get(f"{page}&k={PROOF}").text

    assert [text for text in seen if text in hidden] == []
    assert [text for text in seen if text not in shown] == []
    assert "Names and phone numbers are hidden" in hidden
    assert "Names and phone numbers are hidden" not in shown
    assert f'href="/t/{DELIVERED.number}/care?code=ask#proof"' in hidden


def test_the_cookie_of_a_one_time_code_shows_it_too(client: TestClient) -> None:
    client.cookies.set("k", PROOF)

    assert YOURS.name in client.get(f"/t/{DELIVERED.number}").text


@pytest.mark.parametrize(
    ("query", "carried"), [(f"?k={PROOF}", True), ("", False), ("?k=x", False)]
)
def test_links_to_the_care_page_carry_the_proof(
    client: TestClient, query: str, carried: bool
) -> None:
    page = client.get(f"/t/{DELIVERED.number}{query}").text
    care = f"/t/{DELIVERED.number}/care"

    assert (f'href="{care}?k={PROOF}"' in page) is carried
    assert (f'href="{care}?subscribe=open&amp;k={PROOF}#subscribe"' in page) is carried
    assert (f'href="{care}"' in page) is not carried


def test_pick_up_codes_stand_in_my_parcels_for_who_holds_the_link(client: TestClient) -> None:
    page = f"/parcels/rows?lang=en&n={WAITING.number},{DELIVERED.number}"
    held = f"{DELIVERED.number}={PROOF},{WAITING.number}={PROOF},broken,=,QQ=1"

    assert "7-40-2291" not in client.get(page).text
    shown = client.get(page, headers={"milepost-proofs": held}).text
    assert "7-40-2291" in shown
    assert shown.count('class="code"') == 1
    wrong = client.get(page, headers={"milepost-proofs": f"{WAITING.number}=no"}).text
    assert 'class="code"' not in wrong


def test_my_parcels_offer_messages_and_a_list_to_share(client: TestClient) -> None:
    rows = client.get(f"/parcels/rows?lang=en&n={WAITING.number},{DELIVERED.number}").text

    assert f'data-url="/?n={WAITING.number},{DELIVERED.number}"' in rows
    assert f'href="/t/{WAITING.number}/care?subscribe=open#subscribe"' in rows
    assert f'href="/t/{DELIVERED.number}/care?subscribe=open#subscribe"' not in rows


def test_beside_the_code_nobody_is_told_where_codes_are_found(client: TestClient) -> None:
    page = f"/t/{WAITING.number}?lang=en"
    advice = "Collect it with the pick-up code"

    assert advice in client.get(page).text
    assert advice not in client.get(f"{page}&k={PROOF}").text


def test_what_to_do_leads_to_the_form_that_does_it(client: TestClient) -> None:
    page = client.get(f"/t/{samples.failed_attempt().number}?lang=en&k={PROOF}").text
    care = f"/t/{samples.failed_attempt().number}/care"

    assert f'<a href="{care}?open=again&amp;k={PROOF}#again">Deliver it again</a>' in page


def test_what_the_care_page_does_is_there() -> None:
    assert set(ACTS.values()) <= set(ACTIONS)


def test_only_a_page_with_something_personal_stands_alone() -> None:
    client = TestClient(application())
    page = f"/t/{samples.waiting_at_station().number}"
    alone = "cross-origin-opener-policy"

    assert client.get(page).headers[alone] == client.get("/").headers[alone] == "unsafe-none"
    assert client.get(f"{page}?k={PROOF}").headers[alone] == "same-origin"
    assert client.get(f"{page}/care").headers[alone] == "unsafe-none"
    assert client.get(f"{page}/care?k={PROOF}").headers[alone] == "same-origin"
