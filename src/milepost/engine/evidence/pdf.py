"""PDF (ISO 32000): refused where it would act, and without its properties where they stand open.

What is blanked keeps its length, so that the document's own table of places still holds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from milepost.engine.evidence.faults import EvidenceError

_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PROPERTY = re.compile(
    rb"/(?:Author|Creator|Producer|Title|Subject|Keywords|Company|CreationDate|ModDate)\s*"
    rb"(?:\((?P<text>(?:\\.|[^()\\])*)\)|<(?P<hex>[0-9A-Fa-f\s]*)>)",
    re.DOTALL,
)
_MOST_ESCAPES = 100_000
_END = b"%%EOF"
_MOST_UNPACKED = 64 * 1024 * 1024


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole PDF, is encrypted, or has scripts or files."""
    if _END not in body[-2_048:] or b"startxref" not in body:
        raise EvidenceError("the PDF is not whole")
    if b"/Encrypt" in body:
        raise EvidenceError("the PDF is encrypted, so nobody can tell what it holds")
    for piece in (body, *_unpacked(body)):
        if _ACTS.search(_spelled_out(piece)):
            raise EvidenceError("the PDF has scripts, actions or files in it")
    return _without_xmp(_PROPERTY.sub(_blank, _to_its_end(body)))


def _spelled_out(piece: bytes) -> bytes:
    """A name may be written with its characters' numbers; nobody does that all the time."""
    plain, escapes = _ESCAPED.subn(lambda one: bytes([int(one[1], 16)]), piece, _MOST_ESCAPES)
    if escapes == _MOST_ESCAPES:
        raise EvidenceError("the PDF hides what it says")
    return plain


def _to_its_end(body: bytes) -> bytes:
    """Without what stands behind it: there another kind of file may hide."""
    return body[: body.rindex(_END) + len(_END)] + b"\n"


def _unpacked(body: bytes) -> Iterator[bytes]:
    """Deflated streams; an action may hide in one."""
    left = _MOST_UNPACKED
    for start, end in _between(body, b"stream", b"endstream"):
        unpacker = zlib.decompressobj()
        try:
            piece = unpacker.decompress(body[start:end].lstrip(b"\r\n"), left)
        except zlib.error:
            continue  # packed otherwise: a picture or a font
        left -= len(piece)
        if left <= 0 or unpacker.unconsumed_tail:
            raise EvidenceError("the PDF unpacks to more than anybody would print")
        yield piece


def _blank(found: re.Match[bytes]) -> bytes:
    name = "text" if found["text"] is not None else "hex"
    start, end = found.start(name) - found.start(), found.end(name) - found.start()
    filler = b" " if name == "text" else b"0"
    whole = found[0]
    return whole[:start] + filler * (end - start) + whole[end:]


def _without_xmp(body: bytes) -> bytes:
    """Each such element is empty then, and as long as it was."""
    blanked = bytearray(body)
    for start, end in _between(body, b"<x:xmpmeta", b"</x:xmpmeta>"):
        if end > start:
            blanked[start:end] = b">" + b" " * (end - start - 1)
    return bytes(blanked)


def _between(body: bytes, opens: bytes, closes: bytes) -> Iterator[tuple[int, int]]:
    """From and to of all that stands between the two. A pattern would look at the whole document
    for each that is opened and never closed.
    """
    at = 0
    while (at := body.find(opens, at)) >= 0:
        end = body.find(closes, at + len(opens))
        if end < 0:
            return
        yield at + len(opens), end
        at = end + len(closes)
