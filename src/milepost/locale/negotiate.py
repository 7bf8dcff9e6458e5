"""Which of our languages a reader gets."""

from __future__ import annotations

from milepost.locale.catalogue import DEFAULT, LOCALES


def negotiate(chosen: str | None, remembered: str | None, accepted: str) -> str:
    """The locale that the reader chose, else the one remembered, else the best accepted one.

    `accepted` is the value of an Accept-Language header.
    """
    for tag in (chosen, remembered, *preferences(accepted)):
        if tag and (locale := match(tag)):
            return locale
    return DEFAULT


def match(tag: str) -> str | None:
    """Our locale for a BCP 47 tag (`zh-Hant-TW` gives `zh`), None where we have none."""
    language = tag.strip().lower().replace("_", "-").partition("-")[0]
    return language if language in LOCALES else None


def preferences(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first; refused ones left out."""
    weighted = [_weighted(item) for item in header.split(",")[:20] if item.strip()]
    wanted = [(quality, tag) for quality, tag in weighted if quality > 0]
    return [tag for _, tag in sorted(wanted, key=lambda pair: -pair[0])]


def _weighted(item: str) -> tuple[float, str]:
    tag, _, parameters = item.partition(";")
    name, _, value = parameters.strip().partition("=")
    try:
        return (float(value) if name.strip() == "q" else 1.0), tag.strip()
    except ValueError:
        return 0.0, tag.strip()
