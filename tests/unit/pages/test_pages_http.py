"""The pages over HTTP: what is sent, and what never is."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from milepost.identify import extract_numbers, lone_number
from milepost.pages.buyer import looks_like
from milepost.pages.style import SOURCE, STYLE
from unit.pages import fake, samples
from unit.pages.fake import AMBIGUOUS, MISTYPED, FakeLookup, application
from unit.pages.markup import Markup

NUMBERS = [track.number for track in samples.SAMPLES.values()]
LISTED = ",".join([*NUMBERS, "QQ0000000001"])
PATHS = [
    *(f"/t/{number}" for number in NUMBERS),
    f"/t/{samples.hostile().number}",
    f"/t/{MISTYPED}",
    f"/t/{AMBIGUOUS}",
    "/t/QQ0000000001",
    "/",
    "/?q=hello",
    f"/?n={LISTED}",
]


class Reading(FakeLookup):
    """Reads texts as the product does."""

    def extract(self, text: str) -> list[str]:
        return extract_numbers(text) or [one for one in [lone_number(text)] if one]


@pytest.fixture
def lookup() -> FakeLookup:
    return FakeLookup()


@pytest.fixture
def client(lookup: FakeLookup) -> TestClient:
    return TestClient(application(lookup), follow_redirects=False)


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_valid_and_self_contained(client: TestClient, path: str, locale: str) -> None:
    answer = client.get(path, headers={"accept-language": locale})
    page = Markup(answer.text)

    assert page.faults == []
    assert page.all("html")[0]["lang"] == {"en": "en", "zh": "zh-Hans"}[locale]
    assert hashes_of_styles(answer.text) == [SOURCE]
    assert SOURCE in answer.headers["content-security-policy"]
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "/")[0] in "/?#", (tag, attributes)
    assert all(attributes.get("src") for attributes in page.all("script"))


def hashes_of_styles(html: str) -> list[str]:
    """As a browser takes them, to hold them against the policy."""
    bodies = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    return [f"'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'" for body in bodies]


def test_a_page_is_sent_compressed_to_who_can_read_that(client: TestClient) -> None:
    plain = client.get("/", headers={"accept-encoding": "identity"})
    packed = client.get("/", headers={"accept-encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 10_000
    assert packed.text == plain.text
    assert "Accept-Encoding" in packed.headers["vary"]


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert ("x-robots-tag" in headers) == (path != "/")


def test_a_number_without_record_is_404_and_helps(client: TestClient) -> None:
    mistyped, ambiguous = client.get(f"/t/{MISTYPED}"), client.get(f"/t/{AMBIGUOUS}")

    assert (mistyped.status_code, ambiguous.status_code) == (404, 404)
    assert "check digit does not match" in mistyped.text
    assert "too early" not in mistyped.text
    assert 'Corriere Veloce</strong> <span class="quiet">very likely' in mistyped.text
    assert "fits several carriers" in ambiguous.text
    assert "Posta Civica" not in ambiguous.text
    assert "too early" in ambiguous.text


def test_personal_data_is_not_on_the_page(client: TestClient) -> None:
    for number in NUMBERS:
        assert "SECRET" not in client.get(f"/t/{number}").text


def test_hostile_texts_stay_texts(client: TestClient) -> None:
    text = client.get(f"/t/{samples.hostile().number}").text

    assert "<script>alert" not in text
    assert "<img" not in text
    assert "<i>evil" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "{{ 7*7 }}" in text


@pytest.mark.parametrize(
    "evil", ['"><script>alert(1)</script>', "' onload='x", "../../etc", "{{7*7}}", "\r\nX: y", "字"]
)
def test_hostile_numbers(client: TestClient, evil: str) -> None:
    for answer in (
        client.get(f"/t/{quote(evil, safe='')}"),
        client.get("/", params={"n": evil}),
        client.get("/", params={"q": evil}),
    ):
        assert answer.status_code in (200, 303, 307, 404)
        assert "<script>alert" not in answer.text
        assert "x-injected" not in answer.headers
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert Markup(answer.text).faults == []


def test_an_endless_number_is_cut(client: TestClient) -> None:
    answer = client.get("/t/" + "Q-" * 5000)

    assert answer.status_code == 404
    assert len(answer.text) < 10_000 + len(STYLE)


def test_an_order_number_keeps_its_dashes(lookup: FakeLookup, client: TestClient) -> None:
    lookup.tracks["SHOP-2026-000017"] = samples.on_the_way()

    sent = client.post("/", data={"q": "SHOP-2026-000017\n"})

    assert sent.headers["location"] == "/t/SHOP-2026-000017"
    assert client.get(sent.headers["location"]).status_code == 200


def test_language_by_query_then_cookie_then_header(client: TestClient) -> None:
    path = f"/t/{NUMBERS[0]}"

    assert "History" in client.get(path).text
    assert "物流轨迹" in client.get(path, headers={"accept-language": "zh-CN,zh;q=0.9"}).text
    chosen = client.get(f"{path}?lang=zh")
    assert "lang=zh" in chosen.headers["set-cookie"]
    assert "物流轨迹" in client.get(path).text
    assert "History" in client.get(f"{path}?lang=en").text


def test_a_language_that_is_not_ours_is_not_remembered(client: TestClient) -> None:
    answer = client.get("/?lang=tlh")

    assert "set-cookie" not in answer.headers
    assert answer.headers["content-language"] == "en"


def test_language_links_keep_the_rest_of_the_address(client: TestClient) -> None:
    text = client.get(f"/?n={NUMBERS[0]},{NUMBERS[1]}").text

    assert f'href="?n={NUMBERS[0]}%2C{NUMBERS[1]}&amp;lang=zh"' in text


def test_one_number_goes_to_its_page(client: TestClient) -> None:
    answer = client.post("/", data={"q": " ＣＶ４４１００２９９１７ "})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/t/CV4410029917"


def test_full_width_digits_in_the_address_are_normalised(client: TestClient) -> None:
    answer = client.get(f"/t/{quote('ｃｖ４４１００２９９１７')}?lang=zh")

    assert answer.status_code == 307
    assert answer.headers["location"] == "/t/CV4410029917?lang=zh"


def test_a_batch_of_25_is_one_look_up(client: TestClient, lookup: FakeLookup) -> None:
    numbers = [*NUMBERS, *(f"ZX{n:09}" for n in range(25 - len(NUMBERS)))]
    sent = client.post("/", data={"q": "Hi, my parcels:\n" + "\n".join(numbers)})

    page = client.get(sent.headers["location"])

    assert page.status_code == 200
    assert lookup.calls == [("track_many", 25)]
    links = [link["href"] for link in Markup(page.text).all("a")]
    assert all(f"/t/{number}" in links for number in numbers)
    groups = [
        page.text.index(f'id="{name}"')
        for name in ("attention", "arriving", "on_the_way", "done", "missing")
    ]
    assert groups == sorted(groups)


def test_more_than_a_hundred_are_cut_and_it_is_said(client: TestClient, lookup: FakeLookup) -> None:
    text = "\n".join(f"ZX{n:09}" for n in range(150))

    page = client.get(client.post("/", data={"q": text}).headers["location"])

    assert "Only the first 100" in page.text
    assert lookup.calls == [("track_many", 100)]


def test_a_text_without_numbers_is_given_back(client: TestClient) -> None:
    answer = client.post("/", data={"q": "where is <b>it</b>"})

    assert "no tracking number in this text" in answer.text
    assert "where is &lt;b&gt;it&lt;/b&gt;</textarea>" in answer.text


def test_a_letter_taken_for_a_digit_is_found_again(client: TestClient) -> None:
    meant = samples.on_the_way().number
    page = client.get(f"/t/{meant.replace('0', 'O').replace('1', 'I')}")

    assert page.status_code == 404
    assert f'<a href="/t/{meant}">Did you mean {meant}?</a>' in page.text
    assert "Did you mean" not in client.get("/t/QQOOOOOOO1").text
    assert looks_like("LO123456789CN") == "10123456789CN"
    assert looks_like("SF1OOO2") == "SF10002"
    assert looks_like("SF1002") is None


@pytest.mark.parametrize("text", ["hello", "WIFI:T:WPA;S:net;P:secret1234;;"])
def test_a_word_that_nobody_knows_is_no_number(text: str) -> None:
    client = TestClient(application(Reading()), follow_redirects=False)

    answer = client.post("/", data={"q": text})

    assert answer.status_code == 200
    assert "no tracking number in this text" in answer.text


def test_a_text_that_is_too_long_is_refused(client: TestClient) -> None:
    assert client.post("/", data={"q": "x" * 300_000}).status_code == 413


@pytest.mark.parametrize("body", [b"", b"\xff\xfe%%%", b"&" * 50, b"q=%FF%FE"])
def test_odd_bodies_get_the_form(client: TestClient, body: bytes) -> None:
    assert client.post("/", content=body).status_code in (200, 400)


def test_static_files_are_kept_for_ever(client: TestClient) -> None:
    page = client.get("/").text
    url = re.search(r'href="(/static/icon\.[0-9a-f]{8}\.svg)"', page)
    assert url

    style = client.get(url[1], headers={"accept-encoding": "gzip"})

    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-encoding"] == "gzip"
    assert style.headers["content-type"].startswith("image/svg+xml")
    again = client.get(url[1], headers={"if-none-match": style.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/icon.00000000.svg").status_code == 404
    assert client.get("/static/..%2Frole.py").status_code == 404


@pytest.mark.parametrize("number", NUMBERS)
def test_first_page_weighs_at_most_20_kb(client: TestClient, number: str) -> None:
    page = f"/t/{number}"
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(page).text)

    assert sum(_gzipped(client, url) for url in [page, *files]) <= 20 * 1024


def _gzipped(client: TestClient, url: str) -> int:
    return len(gzip.compress(client.get(url).content, 6))


def test_pages_are_sent_compressed(client: TestClient) -> None:
    answer = client.get(f"/t/{NUMBERS[0]}", headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"


def test_two_hundred_events_are_all_there_behind_a_fold(client: TestClient) -> None:
    page = client.get(f"/t/{samples.two_hundred_events().number}")

    assert len(re.findall("Container scan no", page.text)) == 200
    assert "Show 197 earlier entries" in page.text
    assert not Markup(page.text).all("details")[0]


def test_made_up_data_is_said_to_be_so(client: TestClient) -> None:
    assert "Made-up data" in client.get(f"/t/{samples.delivered().number}").text
    assert "Made-up data" not in client.get(f"/t/{samples.on_the_way().number}").text
    batch = client.get(f"/?n={LISTED}").text
    assert "Jiexun Express · Made-up data" in batch
    assert "Corriere Veloce · Made-up data" not in batch


def test_the_quotation_names_its_language(client: TestClient) -> None:
    page = client.get(f"/t/{samples.cross_border().number}").text

    assert '<blockquote lang="zh"><span class="unseen">Carrier’s words: </span>已收取快件' in page


def test_live_of_an_unknown_number_is_404(client: TestClient) -> None:
    assert client.get(f"/t/{fake.MISTYPED}/live").status_code == 404


def test_dates_do_not_break_across_lines_but_are_plain_text(client: TestClient) -> None:
    page = client.get(f"/t/{samples.cross_border().number}").text

    assert (
        "<h1>Between <span class=held>Wed 25</span> and <span class=held>Fri 27 Nov</span></h1>"
        in page
    )
    assert "\xa0" not in page
