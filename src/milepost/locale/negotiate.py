"""Which of our languages a reader gets, and which region's habits."""

from __future__ import annotations

from milepost.locale.catalogue import DEFAULT, LOCALES

_BY_TAG = {name.lower(): name for name in LOCALES}
# Where Chinese is written with traditional characters.
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def negotiate(chosen: str | None, remembered: str | None, accepted: str) -> str:
    """The locale that the reader chose, else the one remembered, else the best accepted one.

    `accepted` is the value of an Accept-Language header.
    """
    for tag in (chosen, remembered, *preferences(accepted)):
        if tag and (locale := match(tag)):
            return locale
    return DEFAULT


def match(tag: str) -> str | None:
    """Our locale for a BCP 47 tag (`zh-TW` gives `zh-Hant`), None where we have none."""
    folded = tag.strip().lower().replace("_", "-")
    language, *rest = folded.split("-")
    if language == "zh" and "hans" not in rest and not _TRADITIONAL.isdisjoint(rest):
        return _BY_TAG.get("zh-hant")
    return _BY_TAG.get(folded) or _BY_TAG.get(language) or _of_language(language)


def _of_language(language: str) -> str | None:
    """The one variety that we have of a language: `pt-BR` for `pt-PT`."""
    return next((name for tag, name in _BY_TAG.items() if tag.startswith(f"{language}-")), None)


def region_of(accepted: str, locale: str | None = None) -> str | None:
    """The region (ISO 3166-1 alpha-2) of the most wanted language tag that names one; with
    `locale` only of tags that lead to it: clocks go with the language, units with the reader.
    """
    for tag in preferences(accepted):
        if locale is not None and match(tag) != locale:
            continue
        for part in tag.replace("_", "-").split("-")[1:]:
            if len(part) == 2 and part.isascii() and part.isalpha():
                return part.upper()
    return None


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
