"""`/console/brand`: how the buyer's pages and mails look, with a preview."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

from starlette.responses import Response

from milepost.locale import LOCALES, translate
from milepost.pages.console.desk import Visit
from milepost.pages.ports import Brand
from milepost.pages.view.branding import brand_url

HOME = "/console/brand"
MOST_LOGO_BYTES = 64 * 1024
MAILS = ("out_for_delivery", "available_for_pickup", "delivered", "delayed")
# What may stand in a mail, and what a preview shows for it.
SAMPLE = {"number": "ZX000000001", "order": "A-1001", "shop": "", "status": "",
          "link": "https://track.example/t/ZX000000001"}  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FIELD = re.compile(r"\{(\w+)\}")
# SVG may carry script; a picture may not.
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


async def show(visit: Visit) -> Response:
    page = await visit.services.settings.get(visit.tenant, "page")
    mail = await visit.services.settings.get(visit.tenant, "mail")
    chosen = visit.request.query_params.get("mail", MAILS[0])
    chosen = chosen if chosen in MAILS else MAILS[0]
    brand = Brand(accent=page.get("accent"), accent_dark=page.get("accent_dark"))
    return visit.page(
        "brand.html", page=page, mails=MAILS, chosen=chosen, mail=mail.get(chosen) or {},
        preview=preview(visit, mail.get(chosen) or {}, page), style=brand_url(brand),
        offered=[(one, translate("meta.name", one)) for one in LOCALES], fields=sorted(SAMPLE),
    )  # fmt: skip


async def save(visit: Visit) -> Response:
    """Colours, name, languages, logo."""
    form = visit.form
    before = await visit.services.settings.get(visit.tenant, "page")
    page: dict[str, Any] = {"name": form.get("name")[:60], "url": form.get("url")[:500]}
    for name in ("accent", "accent_dark"):
        if form.get(f"{name}.own") and _COLOUR.fullmatch(form.get(name)):
            page[name] = form.get(name)
    page["languages"] = [one for one in form.all("language") if one in LOCALES]
    logo, fault = _logo(form.files.get("logo"))
    if fault or (page["url"] and not page["url"].startswith("https://")):
        return visit.back(HOME, visit.reader.text(fault or "brand.bad_url"))
    kept = None if form.get("no_logo") else before.get("logo")
    page["logo"] = logo or kept
    page = {name: value for name, value in page.items() if value}
    await visit.services.settings.put(visit.tenant, "page", before_kept(before) | page)
    await visit.note("brand_set", "brand", _short(before), _short(page))
    return visit.back(HOME, visit.reader.text("brand.saved"))


def before_kept(before: dict[str, Any]) -> dict[str, Any]:
    """What this form does not know of stays."""
    known = {"name", "url", "accent", "accent_dark", "languages", "logo"}
    return {name: value for name, value in before.items() if name not in known}


async def save_mail(visit: Visit) -> Response:
    """A mail's subject and text; a field that does not exist is refused."""
    form, kind = visit.form, visit.form.get("mail")
    mail = {"subject": form.get("subject")[:200], "text": form.get("text")[:5_000]}
    unknown = set(_FIELD.findall(mail["subject"] + mail["text"])) - set(SAMPLE)
    if kind not in MAILS or unknown:
        said = visit.reader.text("brand.unknown_field", names=", ".join(sorted(unknown)) or kind)
        return visit.back(HOME, said)
    before = await visit.services.settings.get(visit.tenant, "mail")
    await visit.services.settings.put(visit.tenant, "mail", before | {kind: mail})
    await visit.note("mail_set", f"mail {kind}", before.get(kind), mail)
    return visit.back(f"{HOME}?mail={kind}", visit.reader.text("brand.saved"))


def preview(visit: Visit, mail: dict[str, Any], page: dict[str, Any]) -> dict[str, str]:
    """The mail as a buyer would get it, over an invented shipment."""
    given = SAMPLE | {"shop": page.get("name") or visit.user.tenant_name,
                      "status": visit.reader.status("out_for_delivery")}  # fmt: skip
    return {
        name: _FIELD.sub(lambda found: given.get(found[1], found[0]), str(mail.get(name, "")))
        for name in ("subject", "text")
    }


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
