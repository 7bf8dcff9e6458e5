"""A body with a file in it: as `multipart/form-data` (RFC 7578), or as the bytes themselves."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from msgspec import Struct

MOST_PARTS = 20


class BadFormError(ValueError):
    """A form that cannot be read; the text is for its sender."""


class Form(Struct, frozen=True):
    """The first file of a form with its content type, and the form's plain fields."""

    body: bytes
    content_type: str | None
    fields: dict[str, str]


def read_form(content_type: str | None, body: bytes) -> Form:
    """Raises BadFormError."""
    kind = content_type or "application/octet-stream"
    if not kind.lower().startswith("multipart/form-data"):
        return Form(body, kind.partition(";")[0].strip().lower(), {})
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise BadFormError("the form has no parts; is its boundary the one in the header?")
    parts = list(message.iter_parts())
    if len(parts) > MOST_PARTS:
        raise BadFormError(f"the form has more than {MOST_PARTS} parts")
    fields: dict[str, str] = {}
    files: list[tuple[bytes, str]] = []
    for part in parts:
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        name = part.get_param("name", header="content-disposition")
        if part.get_filename() is not None or name == "file":
            files.append((data, part.get_content_type()))
        elif isinstance(name, str):
            fields[name] = data.decode("utf-8", "replace").strip()
    if len(files) != 1:
        raise BadFormError("the form must have one file, in the field 'file'")
    return Form(files[0][0], files[0][1], fields)
