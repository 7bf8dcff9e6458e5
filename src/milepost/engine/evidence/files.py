"""A file as it is kept: known by its own bytes, whole, of a kind that may be, without metadata."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from io import BytesIO
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from milepost.engine.evidence import jpeg, movie, pdf, png, svg, webp
from milepost.engine.evidence.faults import EvidenceError

Kind = Literal["photograph", "signature", "identity", "pickup_code", "document", "footage"]


class Allowed(Struct, frozen=True):
    """Content types, and the most bytes of a file."""

    types: tuple[str, ...]
    most_bytes: int


class Clean(Struct, frozen=True):
    """What is kept of a file."""

    content_type: str
    body: bytes


KINDS = msgspec.convert(
    tomllib.loads((files(__package__) / "kinds.toml").read_text("utf-8")), dict[str, Allowed]
)
assert set(KINDS) == set(get_args(Kind))
# Of a PNG the cleaner unpacks every pixel itself.
_DRAWN = {"image/jpeg", "image/webp"}
_CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": jpeg.cleaned,
    "image/png": png.cleaned,
    "image/webp": webp.cleaned,
    "image/svg+xml": svg.cleaned,
    "application/pdf": pdf.cleaned,
    "video/mp4": movie.cleaned,
}


# Pictures in the container of films, by their brand (ISO/IEC 23008-12; AV1 Image File Format).
_PICTURES = dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"),
    "image/heic",
) | dict.fromkeys((b"avif", b"avis"), "image/avif")
# What no library here can look into, so that its metadata could not be taken out: what to do.
_UNREAD = {
    "image/heic": (
        "the picture is HEIC, as iPhones take it, and a {kind} must be one of {types}: set the "
        "camera to 'Most Compatible' (Settings, Camera, Formats), or send the picture as JPEG - "
        'a web page\'s file field with accept="image/jpeg" makes the phone do that by itself'
    ),
    "image/avif": ("the picture is AVIF, and a {kind} must be one of {types}: send it as JPEG"),
}


def type_of(body: bytes) -> str | None:
    """The content type that a file's first bytes show."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(png.SIGNATURE):
        return "image/png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    if body[4:8] == b"ftyp":
        return _PICTURES.get(body[8:12], "video/mp4")
    head = body[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return "image/svg+xml" if head.startswith((b"<?xml", b"<svg", b"<!--")) else None


def cleaned(kind: Kind, body: bytes, declared: str | None = None) -> Clean:
    """A file of this kind without what nobody needs to know. Raises EvidenceError."""
    allowed = KINDS[kind]
    if not allowed.types:
        raise EvidenceError(f"kind: '{kind}' is the result of a check; see /checks")
    if not body:
        raise EvidenceError("the file is empty")
    if len(body) > allowed.most_bytes:
        raise EvidenceError(f"a {kind} may have {allowed.most_bytes} bytes at most")
    found = type_of(body)
    if found in _UNREAD:
        raise EvidenceError(_UNREAD[found].format(kind=kind, types=", ".join(allowed.types)))
    if found not in allowed.types:
        raise EvidenceError(f"a {kind} must be one of {', '.join(allowed.types)}")
    assert found is not None
    if declared not in (None, "", found, "application/octet-stream", "image/jpg"):
        raise EvidenceError(f"the file is {found}, and not {declared} as it says")
    kept = _CLEANERS[found](body)
    if found in _DRAWN:
        _check_drawn(kept)
    return Clean(found, kept)


def _check_drawn(body: bytes) -> None:
    """That somebody can look at it, where there is a library that can tell."""
    try:
        from PIL import Image
    except ImportError:
        return
    try:
        with Image.open(BytesIO(body), formats=["JPEG", "WEBP"]) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise EvidenceError("the picture is damaged") from None
