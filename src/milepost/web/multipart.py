"""Forms with files in them: `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from msgspec import Struct

KIND = "multipart/form-data"


class Part(Struct, frozen=True):
    """One part. `filename` None: a plain field."""

    name: str
    filename: str | None
    content_type: str
    body: bytes


def is_form(content_type: str | None) -> bool:
    return (content_type or "").lower().startswith(KIND)


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """The parts in their order; none where it is no such form, or its boundary is another."""
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found = []
    for part in message.iter_parts() if message.is_multipart() else ():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        found.append(
            Part(
                name if isinstance(name, str) else "", part.get_filename(),
                part.get_content_type(), content if isinstance(content, bytes) else b"",
            )
        )  # fmt: skip
    return found
