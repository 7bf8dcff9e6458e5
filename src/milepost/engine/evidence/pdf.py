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
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_PROPERTY = re.compile(
    rb"/(?:Author|Creator|Producer|Title|Subject|Keywords|Company|CreationDate|ModDate)\s*"
    rb"(?:\((?P<text>(?:\\.|[^()\\])*)\)|<(?P<hex>[0-9A-Fa-f\s]*)>)",
    re.DOTALL,
)
_XMP = re.compile(rb"(?<=<x:xmpmeta).*?(?=</x:xmpmeta>)", re.DOTALL)
_MOST_UNPACKED = 64 * 1024 * 1024


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole PDF, is encrypted, or has scripts or files."""
    if b"%%EOF" not in body[-2_048:] or b"startxref" not in body:
        raise EvidenceError("the PDF is not whole")
    if b"/Encrypt" in body:
        raise EvidenceError("the PDF is encrypted, so nobody can tell what it holds")
    for piece in (body, *_unpacked(body)):
        if _ACTS.search(_ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), piece)):
            raise EvidenceError("the PDF has scripts, actions or files in it")
    return _XMP.sub(_blank_xmp, _PROPERTY.sub(_blank, body))


def _unpacked(body: bytes) -> Iterator[bytes]:
    """Deflated streams; an action may hide in one."""
    left = _MOST_UNPACKED
    for found in _STREAM.finditer(body):
        unpacker = zlib.decompressobj()
        try:
            piece = unpacker.decompress(found[1], left)
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


def _blank_xmp(found: re.Match[bytes]) -> bytes:
    # An element that is empty and as long as the one that it stands for.
    return b">" + b" " * (len(found[0]) - 1) if found[0] else b""
