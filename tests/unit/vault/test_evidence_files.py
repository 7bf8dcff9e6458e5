"""Evidence: known by its bytes, whole, harmless, and without what a camera notes."""

from __future__ import annotations

import struct
import time
import zlib
from contextlib import suppress

import pytest

from evidence_files import GPS_NOTE, chunk, jpeg_with_position, picture, png_with_text
from milepost.engine.evidence import pdf as pdf_file
from milepost.engine.evidence import png
from milepost.engine.evidence.faults import EvidenceError
from milepost.engine.evidence.files import Kind, cleaned, type_of


def webp(*, animated: bool = False) -> bytes:
    lossless = b"\x2f" + struct.pack("<I", 7 | 7 << 14) + bytes(9)
    chunks = [(b"VP8X", b"\x2c" + bytes(3) + b"\x07\x00\x00\x07\x00\x00"), (b"VP8L", lossless),
              (b"EXIF", GPS_NOTE), (b"XMP ", GPS_NOTE)]  # fmt: skip
    if animated:
        chunks.append((b"ANIM", bytes(6)))
    inside = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def pdf(more: bytes = b"") -> bytes:
    return (b"%PDF-1.4\n1 0 obj<</Author (" + GPS_NOTE + b") /CreationDate (D:2026)>>endobj\n"
            b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + GPS_NOTE + b"</x:xmpmeta>\n" + more
            + b"\nxref\nstartxref\n9\n%%EOF\n")  # fmt: skip


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, name) + data


def movie() -> bytes:
    note = box(b"udta", box(b"\xa9xyz", GPS_NOTE))
    return (
        box(b"ftyp", b"isom0000")
        + box(b"moov", box(b"mvhd", bytes(20)) + note)
        + box(b"mdat", b"made up")
    )


SVG = (
    b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:i='made:up' i:author='"
    + GPS_NOTE
    + b"'><metadata>"
    + GPS_NOTE
    + b"</metadata><!--"
    + GPS_NOTE
    + b"--><path d='M0 0L9 9'/></svg>"
)


@pytest.mark.parametrize(
    ("kind", "body", "type_"),
    [
        ("photograph", png_with_text(), "image/png"),
        ("document", pdf(), "application/pdf"),
        ("footage", movie(), "video/mp4"),
        ("signature", SVG, "image/svg+xml"),
    ],
)  # fmt: skip
def test_notes_are_taken_out_and_the_rest_stays(kind: Kind, body: bytes, type_: str) -> None:
    assert type_of(body) == type_
    found = cleaned(kind, body)
    assert found.content_type == type_
    assert GPS_NOTE not in found.body
    assert cleaned(kind, found.body).body == found.body
    if type_ in ("application/pdf", "video/mp4"):  # tables of places must still hold
        assert len(found.body) == len(body)


def test_a_jpeg_keeps_which_way_is_up_and_nothing_else() -> None:
    pytest.importorskip("PIL")
    from io import BytesIO

    from PIL import Image

    body = real_jpeg()
    found = cleaned("photograph", body).body
    assert GPS_NOTE not in found
    shown = Image.open(BytesIO(found))
    assert dict(shown.getexif()) == {0x0112: 6}
    assert shown.tobytes() == Image.open(BytesIO(body)).tobytes()


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_keeps_its_picture_and_nothing_else(lossless: bool) -> None:
    pytest.importorskip("PIL")
    from io import BytesIO

    from PIL import Image

    notes, out = Image.Exif(), BytesIO()
    notes[0x010E] = GPS_NOTE.decode()
    made = Image.radial_gradient("L").convert("RGBA")
    made.save(out, "WEBP", exif=notes, xmp=GPS_NOTE, lossless=lossless)
    body = out.getvalue()
    assert GPS_NOTE in body
    found = cleaned("photograph", body).body
    assert GPS_NOTE not in found
    shown = Image.open(BytesIO(found))
    assert shown.tobytes() == Image.open(BytesIO(body)).tobytes()


@pytest.mark.parametrize(("form", "lossless"), [("PNG", True), ("WEBP", True), ("WEBP", False)])
def test_which_way_is_up_stays_in_other_pictures_too(form: str, lossless: bool) -> None:
    pytest.importorskip("PIL")
    from io import BytesIO

    from PIL import Image

    notes, out = Image.Exif(), BytesIO()
    notes[0x0112], notes[0x010E] = 8, GPS_NOTE.decode()
    Image.radial_gradient("L").convert("RGB").save(out, form, exif=notes, lossless=lossless)
    body = out.getvalue()
    assert GPS_NOTE in body
    found = cleaned("photograph", body).body
    assert GPS_NOTE not in found
    assert cleaned("photograph", found).body == found
    shown = Image.open(BytesIO(found))
    assert dict(shown.getexif()) == {0x0112: 8}
    assert shown.tobytes() == Image.open(BytesIO(body)).tobytes()


def moving_png() -> bytes:
    """An animated PNG: its head says so before its first picture."""
    plain = picture("PNG", 8)
    at = plain.index(b"IDAT") - 4
    return plain[:at] + chunk(b"acTL", struct.pack(">II", 2, 0)) + plain[at:]


def real_jpeg() -> bytes:
    """A JPEG as a camera makes it, with an orientation, a position and a comment."""
    from io import BytesIO

    from PIL import Image

    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x8825] = {1: "N", 2: (48.0, 24.0, 4.0)}
    notes[0x010E] = GPS_NOTE.decode()
    out = BytesIO()
    Image.radial_gradient("L").save(out, "JPEG", exif=notes, comment=GPS_NOTE, progressive=True)
    return out.getvalue() + GPS_NOTE


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("photograph", jpeg_with_position()[:-30], "ends before"),
        ("photograph", b"\xff\xd8\xff\xd9", "no picture"),
        ("photograph", picture("PNG", 8)[:60], "ends before"),
        ("photograph", picture("PNG", 8).replace(b"IDAT", b"IDAX"), "damaged"),
        ("photograph", webp(animated=True), "may not move"),
        ("photograph", moving_png(), "may not move"),
        ("photograph", webp()[:-4], "ends before"),
        ("photograph", pdf(), "must be one of"),
        ("photograph", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "send the picture as JPEG"),
        ("footage", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "Most Compatible"),
        ("document", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "AVIF"),
        ("document", pdf(b"<</S /JavaScript /JS (app.alert(1))>>"), "scripts"),
        ("document", pdf(b"<</S /J#61vaScript>>"), "scripts"),
        ("document", pdf(b"stream\n" + zlib.compress(b"/Launch ") + b"\nendstream"), "scripts"),
        ("document", pdf(b"/Encrypt 5 0 R"), "encrypted"),
        ("document", pdf()[:40], "not whole"),
        ("footage", movie()[:-3], "ends before"),
        ("signature", SVG.replace(b"<path", b"<script/><path"), "may not be"),
        ("signature", SVG.replace(b"<path", b"<path onclick='x()'"), "script"),
        ("signature", SVG.replace(b"<path", b"<use href='http://x/y'/><path"), "reaches out"),
        ("signature", b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, "must be one of"),
        ("signature", b"<?xml version='1.0'?><!DOCTYPE svg>" + SVG, "document type"),
        ("signature", b"<svg", "well-formed"),
    ],
)  # fmt: skip
def test_what_is_damaged_or_acts_is_refused(kind: Kind, body: bytes, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        cleaned(kind, body)


def test_a_picture_that_claims_too_many_pixels_is_refused() -> None:
    body = picture("PNG", 8)
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    at = body.index(b"IHDR") - 4
    bomb = body[:at] + chunk(b"IHDR", head) + body[at + 25 :]
    with pytest.raises(EvidenceError, match="pixels"):
        cleaned("photograph", bomb)


def test_a_picture_that_unpacks_to_more_than_it_shows_is_refused_at_once() -> None:
    plain = picture("PNG", 8)
    bomb = zlib.compress(bytes(30_000_000))
    at = plain.index(b"IDAT") - 4
    body = plain[:at] + chunk(b"IDAT", bomb) + chunk(b"IEND", b"")
    began = time.process_time()
    with pytest.raises(EvidenceError, match="more than its picture"):
        png.cleaned(body)
    assert time.process_time() - began < 0.2


def test_a_picture_of_fewer_rows_than_it_says_is_refused() -> None:
    small, large = picture("PNG", 8), picture("PNG", 64)
    at, to = small.index(b"IDAT") - 4, large.index(b"IDAT") - 4
    with pytest.raises(EvidenceError, match="ends before"):
        png.cleaned(large[:to] + small[at:])


@pytest.mark.parametrize("opened", [b"stream\n", b"<x:xmpmeta", b"/Author<", b"#41"])
def test_a_pdf_that_opens_much_and_closes_nothing_takes_no_time(opened: bytes) -> None:
    body = b"%PDF-1.4\n" + opened * (2_000_000 // len(opened)) + b"\nstartxref\n9\n%%EOF"
    began = time.process_time()
    with suppress(EvidenceError):
        pdf_file.cleaned(body)
    assert time.process_time() - began < 1.5


def test_nothing_is_kept_behind_the_end_of_a_pdf() -> None:
    body = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF"
    assert pdf_file.cleaned(body + b"\nPK\x03\x04 another file").endswith(b"%%EOF\n")
