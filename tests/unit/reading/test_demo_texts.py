"""The demo network's own scan texts, filled in as it fills them in, through the reader."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from milepost.domain.status import main_of
from milepost.reading import mask, read

DATA = files("milepost.demo") / "data"
PLACES = {
    "zh": ("成都", "成都转运中心", "成都武侯营业部"),
    "en": ("Hillside", "Hillside Hub", "Hillside Delivery Depot"),
    "de": ("Leipzig", "Paketzentrum Leipzig", "Depot Leipzig Nord"),
    "fr": ("Lyon", "Plateforme Lyon Sud", "Agence Lyon Centre"),
}
PEOPLE = tomllib.loads((DATA / "people.toml").read_text("utf-8"))


def _texts(language: str) -> list[tuple[str, str]]:
    city, here, following = PLACES[language]
    people = PEOPLE[language]
    forms = tomllib.loads((DATA / "texts" / f"{language}.toml").read_text("utf-8"))
    return [
        (
            main_of(kind.partition("@")[0]),
            form.format(
                here=here,
                next=following,
                city=city,
                courier=people["couriers"][0],
                name=people["names"][0],
                phone=people["phones"][0],
                code="8-2-1001",
                date="2026-05-03 14:00-18:00",
            ),
        )
        for kind, alternatives in forms.items()
        for form in alternatives
    ]


@pytest.mark.parametrize("language", sorted(PLACES))
def test_every_main_is_right(language: str) -> None:
    wrong = [
        (text, main, got.sub, got.rule)
        for main, text in _texts(language)
        if (got := read(text)).main != main
    ]

    assert wrong == []


@pytest.mark.parametrize("language", sorted(PLACES))
def test_nobody_is_named_after_masking(language: str) -> None:
    people = PEOPLE[language]
    secrets = (people["couriers"][0], people["names"][0], people["phones"][0])

    assert [
        masked
        for _, text in _texts(language)
        if any(secret in (masked := mask(text)) for secret in secrets)
    ] == []
