"""Camera, photograph, voice, whole mails and the counter's scanner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from barcode_video import film, jpeg, picture
from page_server import ARGUMENTS, CHROMIUM
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from unit.pages import samples

NUMBER = samples.on_the_way().number
ADDRESS = f"/t/{NUMBER}"
HEAR = """
window.SpeechRecognition = window.webkitSpeechRecognition = class {
  start() {
    window.ear = this;
    const say = (transcript) => this.onresult({results: [[{transcript}]]});
    setTimeout(() => { say(window.words); this.onend(); }, 20);
  }
};
window.words = %r;
"""

# A camera that looks at a drawing of two codes.
TWO_CODES = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 960});
  const image = new Image();
  image.src = "/two-codes.jpg";
  await image.decode();
  setInterval(() => canvas.getContext("2d").drawImage(image, 0, 0), 50);
  return canvas.captureStream();
};
"""


@pytest.fixture(scope="module")
def seeing(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose camera looks at a parcel's barcode."""
    path: Path = tmp_path_factory.mktemp("camera") / "barcode.y4m"
    film(path, NUMBER, zxingcpp.BarcodeFormat.Code128)
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
    yield chromium
    chromium.close()


def test_the_camera_reads_a_barcode(seeing: Browser, site: str) -> None:
    context = seeing.new_context(base_url=site, locale="en-GB", permissions=["camera"])
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda asked: elsewhere.append(asked.url))
    page.goto("/")
    page.get_by_role("link", name="Use the camera").click()

    expect(page).to_have_url(f"{site}{ADDRESS}", timeout=60_000)
    assert [url for url in elsewhere if not url.startswith((site, "blob:", "data:"))] == []
    context.close()


def test_a_label_of_several_codes_is_sent_whole(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, locale="en-GB")
    page = context.new_page()
    both = Image.new("L", (640, 960), 235)
    for top, number in ((0, NUMBER), (480, samples.delivered().number)):
        both.paste(picture(number, zxingcpp.BarcodeFormat.Code128), (0, top))
    page.route("**/two-codes.jpg", lambda asked: asked.fulfill(body=jpeg(both)))
    page.add_init_script(TWO_CODES)
    page.goto("/scan")

    expect(page.get_by_role("heading", level=1)).to_have_text("2 numbers", timeout=60_000)
    context.close()


def test_without_a_camera_there_is_the_photograph(page: Page, site: str) -> None:
    page.goto("/scan")
    expect(page.get_by_text("The camera cannot be used here")).to_be_visible()
    photo = jpeg(picture(NUMBER, zxingcpp.BarcodeFormat.QRCode))
    page.get_by_label("Read a photo").set_input_files(
        {"name": "parcel.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    page.get_by_role("button", name="Read the photo").click()

    expect(page).to_have_url(f"{site}{ADDRESS}")


def test_a_photograph_of_nothing_says_what_to_do(page: Page) -> None:
    page.goto("/scan")
    for name, body, said in (
        ("blank.jpg", jpeg(picture("1", zxingcpp.BarcodeFormat.QRCode).crop((0, 0, 40, 40))),
         "no barcode to be read"),
        ("text.jpg", b"not a picture", "no picture that we can read"),
        ("photo.heic", bytes(3) + b"\x18ftypheic" + bytes(40), "Make a screenshot of it"),
    ):  # fmt: skip
        page.get_by_label("Read a photo").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": body}
        )
        page.get_by_role("button", name="Read the photo").click()
        expect(page.get_by_role("alert")).to_contain_text(said)


@pytest.mark.parametrize(
    ("lang", "button", "words"),
    [
        ("en", "Say the number", "see vee double four one zero zero two double nine one seven"),
        ("zh", "说出单号", "c v 四四幺零零二九九幺七"),
    ],
)
def test_a_spoken_number(page: Page, site: str, lang: str, button: str, words: str) -> None:
    page.add_init_script(HEAR % words.replace("vee", "V"))
    page.goto(f"/?lang={lang}")
    page.get_by_role("button", name=button).click()

    expect(page).to_have_url(f"{site}{ADDRESS}")


def test_speech_without_a_number_is_said_so(page: Page) -> None:
    page.add_init_script(HEAR % "hello there")
    page.goto("/")
    page.get_by_role("button", name="Say the number").click()

    expect(page.get_by_role("status")).to_contain_text("No number was heard")


def test_where_nothing_listens_words_can_be_written(page: Page, site: str) -> None:
    page.add_init_script("delete window.webkitSpeechRecognition; delete window.SpeechRecognition")
    page.goto("/")
    page.get_by_role("button", name="Say the number").click()
    expect(page.get_by_role("status")).to_contain_text("This browser does not listen")
    page.get_by_label("Tracking numbers").fill(
        "charlie victor four four one zero zero two nine nine one seven"
    )
    page.get_by_role("button", name="Track").click()

    expect(page).to_have_url(f"{site}{ADDRESS}")


def test_a_whole_chat_is_pasted(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Tracking numbers").fill(
        f"Anna, 21:04\nhi! two parcels are coming:\n{NUMBER} (shoes)\n\nBen: and JX0000000000018?\n"
    )
    page.get_by_role("button", name="Track").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("2 numbers")


def test_the_counter_takes_a_scanner_and_forgets(page: Page, site: str) -> None:
    page.clock.install()
    page.goto("/kiosk")
    page.locator("h1").click()
    page.keyboard.type(NUMBER)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wednesday 25 Nov")

    page.clock.run_for(36_000)
    expect(page.get_by_role("alertdialog")).to_contain_text("Starting over in")
    page.get_by_role("button", name="I am still here").click()
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    page.clock.run_for(46_000)
    expect(page).to_have_url(f"{site}/kiosk")


def test_nobody_goes_back_to_another_readers_parcel(page: Page, site: str) -> None:
    page.goto("/kiosk")
    for number in (NUMBER, samples.delivered().number):
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        expect(page.locator("[data-answer] .digits")).to_have_text(number)
    page.go_back()

    assert page.url == "about:blank"


def test_a_counter_begins_again_in_its_own_language(page: Page, site: str) -> None:
    page.clock.install()
    page.goto("/kiosk?lang=de")
    page.get_by_role("button", name="Sprache: Deutsch").click()
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.keyboard.type(NUMBER)
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer]")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.clock.run_for(46_000)

    expect(page).to_have_url(f"{site}/kiosk?lang=de")
    assert [one["name"] for one in page.context.cookies()] == []


def test_the_counter_knows_no_personal_data(page: Page) -> None:
    page.goto(f"/kiosk?n={samples.locker().number}")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ready to collect")
    assert "6-3-7042" not in page.content()
