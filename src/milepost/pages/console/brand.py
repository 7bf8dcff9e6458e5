"""`/console/brand`: how the buyer's pages and mails look, with a preview."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any

from starlette.responses import Response

from milepost.engine.mailwords import Fault, MailWords, fault_of
from milepost.locale import LOCALES, translate
from milepost.pages.console import mails
from milepost.pages.console.forms import Form
from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS

HOME = "/console/brand"
MOST_LOGO_BYTES = 64 * 1024
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# SVG may carry script; a picture may not.
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def _page(
    visit: Visit, status: int = 200, typed: MailWords | None = None, fault: Fault | None = None
) -> Response:
    page = await visit.services.settings.get(visit.tenant, "page")
    if visit.fault_of("brand"):
        page |= _asked(visit.form)
    offered = [(one, translate("meta.name", one)) for one in LOCALES]
    chosen = await mails.choices(visit, typed, fault=fault)
    return visit.page("brand.html", status, page=page, offered=offered, **chosen)


async def save(visit: Visit) -> Response:
    """Colours, name, languages, logo."""
    form = visit.form
    before = await visit.services.settings.get(visit.tenant, "page")
    page = _asked(form)
    logo, fault = _logo(form.files.get("logo"))
    if fault or (page["url"] and not page["url"].startswith("https://")):
        return await visit.again(show, "brand", visit.reader.text(fault or "brand.bad_url"))
    kept = None if form.get("no_logo") else before.get("logo")
    page["logo"] = logo or kept
    page = {name: value for name, value in page.items() if value}
    await visit.services.settings.put(visit.tenant, "page", before_kept(before) | page)
    await visit.note("brand_set", "brand", _short(before), _short(page))
    return visit.back(HOME, visit.reader.text("brand.saved"))


def _asked(form: Form) -> dict[str, Any]:
    """What the form's fields say, but for the logo."""
    page: dict[str, Any] = {"name": form.get("name")[:60], "url": form.get("url")[:500]}
    for name in ("accent", "accent_dark"):
        if form.get(f"{name}.own") and _COLOUR.fullmatch(form.get(name)):
            page[name] = form.get(name)
    page["languages"] = [one for one in form.all("language") if one in LOCALES]
    return page


def before_kept(before: dict[str, Any]) -> dict[str, Any]:
    """What this form does not know of stays."""
    known = {"name", "url", "accent", "accent_dark", "languages", "logo"}
    return {name: value for name, value in before.items() if name not in known}


async def save_mail(visit: Visit) -> Response:
    """A mail's words; what could not be sent is refused, and nothing that was typed is lost."""
    typed = await mails.save(visit)
    if typed is None:
        at = f"?mail={visit.form.get('mail')}&language={visit.form.get('language')}#mails"
        return visit.back(HOME + at, visit.reader.text("brand.saved"))
    return await _page(visit, 422, typed, fault_of(typed) or Fault("unknown_field"))


async def logo(visit: Visit) -> Response:
    """The logo, for the preview."""
    page = await visit.services.settings.get(visit.tenant, "page")
    found = logo_of(str(page.get("logo") or ""))
    if found is None:
        return Response(status_code=404, headers=HEADERS)
    return Response(found[1], headers=HEADERS, media_type=found[0])


def _logo(file: tuple[str, bytes] | None) -> tuple[str | None, str | None]:
    """(data URL, key of what is wrong)."""
    if file is None or not file[1]:
        return None, None
    content = file[1]
    kind = next((name for head, name in _PICTURES.items() if content.startswith(head)), None)
    if kind is None:
        return None, "brand.bad_logo"
    if len(content) > MOST_LOGO_BYTES:
        return None, "brand.big_logo"
    return f"data:{kind};base64,{b64encode(content).decode()}", None


def _short(page: dict[str, Any]) -> dict[str, Any]:
    return {name: "…" if name == "logo" else value for name, value in page.items()}


def logo_of(url: str) -> tuple[str, bytes] | None:
    """(MIME type, bytes) of a kept logo."""
    head, _, body = url.partition(";base64,")
    try:
        return (head.removeprefix("data:"), b64decode(body, validate=True)) if body else None
    except ValueError:
        return None
