"""Kinds of text that used to be read wrongly: one scan that names two things."""

from __future__ import annotations

import pytest

from milepost.reading import read


@pytest.mark.parametrize(
    ("text", "sub"),
    [
        ("Transferred to a partner for the last leg of delivery", "in_transit.handed_to_partner"),
        ("Delivered to the foreign postal operator", "in_transit.handed_to_partner"),
        ("Departed facility Alpha, next stop Beta", "in_transit.departed_facility"),
        ("Left Alpha Post Office, on its way to Beta", "in_transit.departed_facility"),
        (
            "Third delivery attempt: out for redelivery with the driver",
            "out_for_delivery.redelivery",
        ),
        ("快件已由他人代签收，代收人：同事", "delivered.proxy/neighbor"),
        (
            "Die Störung wurde behoben, das Paket wird weitertransportiert",
            "in_transit.problem_resolved",
        ),
        ("Held by customs, invoice missing 王小明 13812345678", "customs.info_required"),
        ("Esperando a ser recogido en la oficina", "available_for_pickup"),
        ("편의점에서 찾아가세요", "available_for_pickup"),
        ("货物已收货", "picked_up"),
    ],
)
def test_the_text_as_a_whole_decides(text: str, sub: str) -> None:
    assert read(text).sub == sub


@pytest.mark.parametrize(
    "text",
    [
        "Sorting centre locations",
        "Choose a terminal",
        "Flight schedules",
        "Schedule a pickup",
        "Redirect package",
        "Depot in Ihrer Nähe",
        "Şube bul",
        "물류센터 안내",
        "Centrum pomocy",
        "Invalid token",
    ],
)
def test_the_words_of_a_web_page_are_no_event(text: str) -> None:
    assert read(text).main == "unknown"
