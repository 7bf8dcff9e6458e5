"""A body with a file in it: as `multipart/form-data` (RFC 7578), or as the bytes themselves."""

from __future__ import annotations

from msgspec import Struct

from milepost.web.multipart import is_form, parts_of

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
    if not is_form(kind):
        return Form(body, kind.partition(";")[0].strip().lower(), {})
    parts = parts_of(kind, body)
    if not parts:
        raise BadFormError("the form has no parts; is its boundary the one in the header?")
    if len(parts) > MOST_PARTS:
        raise BadFormError(f"the form has more than {MOST_PARTS} parts")
    files = [one for one in parts if one.filename is not None or one.name == "file"]
    if len(files) != 1:
        raise BadFormError("the form must have one file, in the field 'file'")
    fields = {
        one.name: one.body.decode("utf-8", "replace").strip()
        for one in parts
        if one not in files and one.name
    }
    return Form(files[0].body, files[0].content_type, fields)
