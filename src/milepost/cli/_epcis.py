"""EPCIS documents among the files that `milepost import` takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import httpx2

# What an EPCIS document says of itself within its first bytes, in XML and in JSON.
_START = re.compile(rb"EPCIS(?:Query)?Document|epcisBody|epcis-context")
_BEGINNING = 4_096
_HEADERS = {"GS1-EPCIS-Version": "2.0", "GS1-Capture-Error-Behaviour": "proceed"}


def is_epcis(file: Path) -> bool:
    """Whether a file says that it is an EPCIS document."""
    with file.open("rb") as stream:
        start = stream.read(_BEGINNING)
    return start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"<") and bool(_START.search(start))


def capture(client: httpx2.Client, file: Path) -> dict[str, Any]:
    """The capture job of a document; what is wrong in it is told, the rest is taken."""
    body = file.read_bytes()
    xml = body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    headers = _HEADERS | {"Content-Type": "application/xml" if xml else "application/json"}
    try:
        answer = client.post("/v1/epcis/capture", content=body, headers=headers)
    except httpx2.HTTPError as error:
        raise click.ClickException(f"No answer: {error}") from None
    if answer.status_code != 202:
        told = answer.json().get("detail", "") if answer.status_code < 500 else ""
        raise click.ClickException(f"{file} is not taken ({answer.status_code}): {told}")
    job: dict[str, Any] = answer.json()
    return job
