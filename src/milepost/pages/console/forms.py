"""Bodies of forms: URL-encoded or multipart, never more than we want to read."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import Request

from milepost.pages.body import read_body
from milepost.web.problems import ProblemError

MOST_BYTES = 1024 * 1024
MOST_FILE_BYTES = 32 * 1024 * 1024
_MOST_FIELDS = 5_000


class Form:
    """The fields of a form, in order; a field may come several times. `files`: (name, bytes)."""

    def __init__(self, pairs: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]) -> None:
        self.pairs = pairs
        self.files = files

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def get(self, name: str, default: str = "") -> str:
        """The field's last value, without blanks around it."""
        return next((value.strip() for key, value in reversed(self.pairs) if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value.strip() for key, value in self.pairs if key == name and value.strip()]


async def read_form(request: Request, most_bytes: int = MOST_BYTES) -> Form:
    """Raises ProblemError (413, 400)."""
    body = await read_body(request, most_bytes)
    if body is None:
        raise ProblemError(413, f"At most {most_bytes} bytes.")
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _multipart(kind, body)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise ProblemError(400, "Not a form.") from None
    return Form([(name, value.replace("\x00", "")) for name, value in pairs], {})


def _multipart(kind: str, body: bytes) -> Form:
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    pairs: list[tuple[str, str]] = []
    files: dict[str, tuple[str, bytes]] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = str(part.get_param("name", "", "content-disposition"))
        found = part.get_payload(decode=True)
        content = found if isinstance(found, bytes) else b""
        file = part.get_filename()
        if file is not None:
            files[name] = (file, content)
        else:
            pairs.append((name, content.decode("utf-8", "replace").replace("\x00", "")))
    return Form(pairs, files)
