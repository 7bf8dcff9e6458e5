"""`/console/brand/mail`: the store's own words in mails to buyers, by topic and language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Struct

from milepost.engine.mailwords import FIELDS, TOPICS, MailWords, fault_of, filled, words_of
from milepost.locale import LOCALES, dates, status_label, translate
from milepost.locale.notifying import say
from milepost.pages.console.visit import Visit

HOME = "/console/brand"
ACCENT = "#0b6170"
# The status that each topic is about, for the preview.
_STATUS = {
    "on_the_way": "picked_up", "out_for_delivery": "out_for_delivery",
    "ready": "available_for_pickup", "delivered": "delivered", "trouble": "exception.delayed",
    "window": "in_transit",
}  # fmt: skip
_NUMBER = "ZX000000001"


class Preview(Struct, frozen=True):
    """A mail as a buyer would get it, over an invented shipment. `own`: in the store's words."""

    brand: str
    accent: str
    subject: str
    said: tuple[str, ...]
    button: str
    footer: str
    own: bool


async def choices(visit: Visit, typed: MailWords | None = None, **more: Any) -> dict[str, Any]:
    """What the page needs for the chosen topic and language; `typed`: not saved, but shown."""
    asked = visit.form if visit.form.pairs else visit.request.query_params
    page = await visit.services.settings.get(visit.tenant, "page")
    mail = await visit.services.settings.get(visit.tenant, "mail")
    topic = asked.get("mail") if asked.get("mail") in TOPICS else TOPICS[0]
    locale = asked.get("language", "")
    locale = locale if locale in LOCALES else _first(page, visit.reader.locale)
    words = typed or words_of(mail, str(topic), locale)
    brand = str(page.get("name") or "Milepost")
    return {
        "mails": TOPICS, "chosen": topic, "language": locale, "words": words,
        "written": {one: [x for x in LOCALES if words_of(mail, one, x)] for one in TOPICS},
        "fields": FIELDS, "preview": preview(visit, words, str(topic), locale, brand, page), **more,
    }  # fmt: skip


async def save(visit: Visit) -> MailWords | None:
    """Saved and noted; None. What cannot be saved comes back as it was typed."""
    form = visit.form
    words = MailWords(form.get("subject"), form.get("text").replace("\r\n", "\n"))
    topic, locale = form.get("mail"), form.get("language")
    empty = not words.subject and not words.text
    if topic not in TOPICS or locale not in LOCALES or (fault_of(words) and not empty):
        return words
    mail = await visit.services.settings.get(visit.tenant, "mail")
    languages = mail.get(topic)
    before = dict(languages) if isinstance(languages, dict) else {}
    after = {one: found for one, found in before.items() if one in LOCALES and one != locale}
    if not empty:
        after[locale] = {"subject": words.subject, "text": words.text}
    await visit.services.settings.put(visit.tenant, "mail", mail | {topic: after})
    await visit.note("mail_set", f"mail {topic} {locale}", before.get(locale), after.get(locale))
    return None


def preview(
    visit: Visit, words: MailWords | None, topic: str, locale: str, brand: str,
    page: dict[str, Any],
) -> Preview:  # fmt: skip
    """In the store's words where there are some, else in the usual ones."""
    values = _values(visit, topic, locale, brand)
    own = filled(words, values) if words is not None and fault_of(words) is None else None
    subject, said = own or _usual(topic, locale, values)
    return Preview(
        brand=brand, accent=str(page.get("accent") or ACCENT), subject=subject, said=tuple(said),
        button=say("letter.open", locale), footer=say("letter.why", locale, brand=brand),
        own=own is not None,
    )  # fmt: skip


def _values(visit: Visit, topic: str, locale: str, brand: str) -> dict[str, str]:
    now = visit.reader.now
    at = now.replace(hour=14, minute=0) + timedelta(days=1)
    day = dates.weekday(at.date(), locale, now.date())
    first, last = (dates.clock(at.replace(hour=one).timetz(), locale) for one in (14, 18))
    reason = f"{translate('rule.dwell.what', locale)} {translate('rule.dwell.do', locale)}"
    return {
        "number": _NUMBER, "shop": brand, "status": status_label(_STATUS[topic], locale),
        "window": "" if topic == "delivered" else f"{day}, {first}–{last}",
        "reason": reason if topic == "trouble" else "",
        "link": f"{visit.base_url}/t/{_NUMBER}",
    }  # fmt: skip


def _usual(topic: str, locale: str, values: dict[str, str]) -> tuple[str, list[str]]:
    said = [say("letter.number", locale, number=_NUMBER)]
    if values["reason"]:
        said.append(values["reason"])
    if topic == "ready":
        said.append(say("letter.ready_code", locale))
    if values["window"]:
        said.append(say("letter.expected", locale, window=values["window"]))
    return say(f"letter.topic.{topic}", locale), said


def _first(page: dict[str, Any], locale: str) -> str:
    languages = page.get("languages")
    found = [one for one in languages if one in LOCALES] if isinstance(languages, list) else []
    return found[0] if found else locale
