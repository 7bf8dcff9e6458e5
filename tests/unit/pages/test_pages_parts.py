"""Parts of the pages that need no browser: codes, maps, curves, calendars, photographs, brands."""

from __future__ import annotations

import io
from datetime import datetime
from itertools import pairwise

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image
from starlette.testclient import TestClient

from milepost.domain.place import Place
from milepost.domain.status import main_of
from milepost.locale import LOCALES
from milepost.pages import Brand
from milepost.pages.links import Links
from milepost.pages.photo import HeicPictureError, NoPictureError, read_barcodes, upload
from milepost.pages.roadmap.geo import great_circle, metres
from milepost.pages.roadmap.land import land
from milepost.pages.roadmap.sea import sea_lane
from milepost.pages.roadmap.stops import stretches
from milepost.pages.roadmap.strip import HEIGHT, WIDTH, strip
from milepost.pages.view.branding import style_of
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.cold import cold_view
from milepost.pages.view.mine import group_of, month
from milepost.pages.view.pickup import HIDDEN, hide
from milepost.pages.view.reader import Reader
from milepost.public import brand_of
from unit.pages import samples
from unit.pages.fake import FakeExtras, FakeLookup, application

READER = Reader("en", samples.NOW, lambda slug, locale: slug)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("凭取件码 6-3-7042 取件", f"凭取件码 {HIDDEN} 取件"),
        ("取件码：8-1-2033，请及时取件", f"取件码：{HIDDEN}，请及时取件"),
        ("Your pickup code is 483920.", f"Your pickup code is {HIDDEN}."),
        ("Abholcode: AB12-77", f"Abholcode: {HIDDEN}"),
        ("Код получения 7731", f"Код получения {HIDDEN}"),
        ("取件请凭短信", "取件请凭短信"),
        ("Pick-up code will follow", "Pick-up code will follow"),
        ("Arrived at hub 4417", "Arrived at hub 4417"),
    ],
)
def test_pick_up_codes_are_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown


def test_links_hold_for_one_number_of_one_tenant_and_end() -> None:
    now = [1_000_000]
    links = Links(b"k" * 32, lambda: now[0])
    token, until = links.token(1, "AB1", 60)

    assert links.proves(1, "AB1", token)
    assert not links.proves(2, "AB1", token)
    assert not links.proves(1, "AB2", token)
    assert not Links(b"x" * 32, lambda: now[0]).proves(1, "AB1", token)
    now[0] = until
    assert not links.proves(1, "AB1", token)


def test_the_land_is_there_and_light() -> None:
    rings, borders = land()

    assert len(rings) > 400
    assert len(borders) > 200
    boxes = [ring.box for ring in rings]
    assert min(box[0] for box in boxes) >= -180
    assert max(box[2] for box in boxes) <= 180


def test_distances_on_the_globe() -> None:
    berlin, tokyo = (13.4, 52.5), (139.7, 35.7)

    assert metres(berlin, tokyo) == pytest.approx(8_920_000, rel=0.01)
    way = great_circle(berlin, tokyo)
    assert max(lat for _, lat in way) > 65
    assert way[0] == pytest.approx(berlin)


def test_ships_go_by_sea() -> None:
    way = sea_lane((121.6, 29.9), (4.5, 51.9))
    lons = [round(lon) for lon, _ in way]

    assert 32 in lons
    assert 104 in lons
    length = sum(metres(a, b) for a, b in pairwise(way))
    assert 17_000_000 < length < 22_000_000


def test_the_road_across_the_date_line_is_drawn_in_one_piece() -> None:
    track = replace(
        samples.on_the_way(),
        origin=Place(city="Tokyo", country="JP"),
        destination=Place(city="Seattle", country="US"),
        events=[],
    )
    drawn = strip(stretches(track))

    (line,) = drawn.lines
    assert (line.mode, line.ahead) == ("air", True)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in drawn.dots)
    assert 7_500_000 < drawn.ahead_m < 8_000_000


def test_modes_are_told_by_the_carriers_words() -> None:
    assert [one.mode for one in stretches(samples.by_sea())] == ["road", "sea", "road"]
    assert [one.mode for one in stretches(samples.cross_border())] == ["road", "air", "road"]


def test_a_road_without_places_has_no_map() -> None:
    assert buyer_view(samples.stale(), READER).map is None
    assert buyer_view(samples.nothing_yet(), READER).map is None


def test_the_curve_says_how_long_it_was_too_warm() -> None:
    shown = cold_view(samples.COLD, READER)

    assert shown is not None
    assert (shown.verdict, shown.broken) == ("Outside what is allowed for 45 minutes.", True)
    fine = cold_view(replace(samples.COLD, most_mc=12_000), READER)
    assert fine is not None
    assert fine.verdict == "Always within what is allowed."
    assert cold_view(replace(samples.COLD, readings=()), READER) is None


def test_customs_is_a_step_of_its_own() -> None:
    held = buyer_view(samples.customs_hold(), READER).steps
    through = buyer_view(samples.cross_border(), READER).steps

    assert [(step.label, step.state) for step in held[2:4]] == [
        ("On the way", "reached"),
        ("Customs", "current"),
    ]
    assert held[3].trouble
    assert [(step.label, step.state, step.day) for step in through[2:4]] == [
        ("Customs", "reached", "20 Nov"),
        ("On the way", "current", "23 Nov"),
    ]


def test_an_appointment_is_a_step() -> None:
    event = samples.out_for_delivery()
    status = replace(event.status, sub="out_for_delivery.appointment")

    assert buyer_view(replace(event, status=status), READER).steps[3].label == "Appoint\xadment"


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("out-for-delivery", "today"), ("locker", "pickup"), ("on-the-way", "on_the_way"),
        ("delivered", "done"), ("lost", "done"), ("cold-chain", "today"),
    ],
)  # fmt: skip
def test_groups_of_my_parcels(name: str, group: str) -> None:
    assert group_of(samples.SAMPLES[name], READER) == group


@pytest.mark.parametrize(
    ("likely", "status", "group"),
    [
        ("2026-11-24T15:00:00+01:00", "in_transit.arrived_hub", "today"),
        ("2026-11-26T15:00:00+01:00", "in_transit.arrived_hub", "on_the_way"),
        ("2026-11-26T15:00:00+01:00", "out_for_delivery", "today"),
        ("2026-11-24T15:00:00+01:00", "customs.info_required", "on_the_way"),
    ],
)
def test_a_window_of_days_is_today_only_where_that_is_likeliest(
    likely: str, status: str, group: str
) -> None:
    window = samples.predicted("2026-11-23T09:00:00+01:00", "2026-11-30T18:00:00+01:00")
    track = samples.on_the_way()
    now = replace(track.status, main=main_of(status), sub=status)

    shown = replace(track, status=now, arrival=replace(window, likely=likely))
    assert group_of(shown, READER) == group


@pytest.mark.parametrize("locale", LOCALES)
def test_a_calendar_in_every_language(locale: str) -> None:
    tracks = {track.number: track for track in samples.SAMPLES.values()}
    shown = month("2026-11", tracks, Reader(locale, samples.NOW, lambda slug, _: slug))

    days = [day for week in shown.weeks for day in week if day.number]
    assert len(days) == 30
    assert len(shown.weekdays) == 7
    assert (shown.previous, shown.following) == ("2026-10", "2026-12")
    assert [mark.number for mark in days[23].marks if mark.came] == ["JX0000000000018"]


@pytest.mark.parametrize("text", ["2026-13", "x", "", "99999-1", None])
def test_a_month_that_is_none_is_this_one(text: str | None) -> None:
    assert month(text, {}, READER).name == "November 2026"


def test_the_feed_is_a_calendar() -> None:
    client = TestClient(application())
    numbers = [track.number for track in samples.SAMPLES.values()]
    feed = client.get("/parcels.ics", params={"n": ",".join(numbers)}).text

    lines = feed.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "DTSTART:20261125T130000Z" in feed
    assert "DTSTART;VALUE=DATE:20261126" in feed
    one = client.get(f"/t/{samples.on_the_way().number}.ics")
    assert one.text.count("BEGIN:VEVENT") == 1
    assert client.get("/t/QQ000000001.ics").status_code == 404


def picture(text: str, kind: str = "PNG", size: tuple[int, int] = (300, 300)) -> bytes:
    image = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=4
    )
    out = io.BytesIO()
    Image.fromarray(image).resize(size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_photographs_are_read(kind: str) -> None:
    assert await read_barcodes(picture("CV4410029917", kind)) == ["CV4410029917"]


@pytest.mark.parametrize("degrees", [20, 33, 45, 58, 70, 115, 145])
async def test_a_slanted_photograph_is_read(degrees: int) -> None:
    code = Image.open(io.BytesIO(picture("CV4410029917"))).convert("L")
    out = io.BytesIO()
    code.rotate(degrees, expand=True, fillcolor=235).save(out, "JPEG")

    assert await read_barcodes(out.getvalue()) == ["CV4410029917"]


async def test_a_telephones_own_format_is_named() -> None:
    with pytest.raises(HeicPictureError):
        await read_barcodes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40))


@pytest.mark.parametrize(
    "body",
    [b"", b"no picture", picture("CV4410029917")[:60], picture("A1", "BMP"),
     b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)  # fmt: skip
async def test_what_is_no_photograph_is_refused(body: bytes) -> None:
    with pytest.raises(NoPictureError):
        await read_barcodes(body)


async def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 9_000)).save(out, "PNG")

    with pytest.raises(NoPictureError):
        await read_barcodes(out.getvalue())


def test_an_upload_is_the_first_file_of_the_form() -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nno\r\n--X\r\nContent-Disposition: '
        b'form-data; name="photo"; filename="p.png"\r\nContent-Type: image/png\r\n\r\n\x89PN\r\n'
        b"\x00\xff\r\n--X--\r\n"
    )

    assert upload("multipart/form-data; boundary=X", body) == b"\x89PN\r\n\x00\xff"
    assert upload("text/plain", body) == b""
    assert upload("multipart/form-data", b"") == b""


def test_a_photo_that_is_too_large_is_refused() -> None:
    client = TestClient(application())
    answer = client.post("/photo", files={"photo": ("x.png", b"x" * 9_000_000, "image/png")})

    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("accent", ["#ffffff", "#ffff00", "#c2185b", "#000000", "#7fbfff"])
def test_a_brands_colour_is_made_readable(accent: str) -> None:
    style = style_of(Brand(accent=accent))

    assert style.count("--accent:") == 2
    assert ";" in style


@pytest.mark.parametrize("accent", ["red", "#fff", "#ggg000", "};*{display:none}", ""])
def test_what_is_no_colour_makes_no_style(accent: str) -> None:
    assert style_of(Brand(accent=accent)) == ""


def test_a_brand_is_read_from_settings_and_nothing_else() -> None:
    brand = brand_of(
        {"name": "Tea", "accent": "#c2185b", "logo": "data:image/png;base64,iVBORw0=",
         "languages": ["fr", "zz"], "url": "javascript:alert(1)", "more": 7}
    )  # fmt: skip

    assert brand.languages == ("fr",)
    assert brand.logo is not None
    assert brand.logo[0] == "image/png"
    assert brand.url is None
    assert brand_of({"logo": "data:image/png;base64,###"}).logo is None
    assert brand_of({"logo": "https://elsewhere/x.png"}).logo is None
    assert brand_of({}) == Brand()


def test_a_logo_is_served_by_us() -> None:
    lookup = FakeLookup()
    brand = Brand(name="Tea", logo=("image/png", b"\x89PNG"), accent="#c2185b")
    client = TestClient(application(lookup, FakeExtras(lookup, brand)))
    page = client.get("/").text

    source = page.split('<img src="')[1].split('"')[0]
    assert client.get(source).content == b"\x89PNG"
    assert client.get("/brand/logo/0000").status_code == 404
    assert client.get("/brand/%7D%7D.css").status_code == 404


def test_widget_answers_and_oembed() -> None:
    client = TestClient(application())
    number = samples.out_for_delivery().number
    answer = client.get(f"/widget/{number}", params={"lang": "de"})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["status"] == "In Zustellung"
    scanned = client.get(f"/widget/https%3A%2F%2Fshop.example%2F%3Fno%3D{number}")
    assert scanned.json()["number"] == number
    assert client.get("/widget/QQ000001").status_code == 404
    assert client.get("/widget/_").json()["button"] == "Track"
    page = f"http://testserver/t/{number}"
    embedded = client.get("/oembed", params={"url": page, "maxwidth": "300"}).json()
    assert (embedded["type"], embedded["width"]) == ("rich", 300)
    assert f"/embed/{number}" in embedded["html"]
    assert client.get("/oembed", params={"url": "http://x/t/QQ1"}).status_code == 404
    assert client.get("/oembed", params={"url": page, "format": "xml"}).status_code == 501
    frame = client.get(f"/embed/{number}").headers
    assert "frame-ancestors *" in frame["content-security-policy"]
    assert "x-frame-options" not in frame


def test_the_big_maps_files() -> None:
    client = TestClient(application())
    road = client.get(f"/map/{samples.cross_border().number}.json").json()
    kinds = [feature["properties"]["kind"] for feature in road["features"]]

    assert kinds == ["road", "air", "road", "stop", "stop", "last", "goal"]
    assert client.get("/map/QQ0000001.json").status_code == 404
    assert len(client.get("/map/land.json").json()["features"]) > 700


def test_the_worker_knows_the_shell() -> None:
    client = TestClient(application())
    worker = client.get("/sw.js")
    manifest = client.get("/manifest.webmanifest", headers={"accept-language": "ja"}).json()

    if worker.status_code == 200:
        assert worker.text.startswith('self.SHELL=["/static/app.')
    assert manifest["lang"] == "ja"
    assert manifest["start_url"] == "/parcels"


def test_dates_of_a_feed_are_stamped_by_the_clock_of_the_pages() -> None:
    feed = TestClient(application()).get(f"/t/{samples.on_the_way().number}.ics").text

    assert datetime.fromisoformat("2026-11-24T09:30:00+00:00") == samples.NOW
    assert "DTSTAMP:20261124T093000Z" in feed
