"""A delivery to anyone but the recipient, and words that only look like one, are none."""

from __future__ import annotations

import itertools

import pytest

from milepost.reading import read
from milepost.reading.normalise import normalise
from milepost.reading.vetoes import vetoed

VERBS = ["Delivered to", "Shipment delivered to", "Successfully delivered to", "DELIVERED AT"]
PLACES = [
    "the carrier", "our linehaul partner", "sorting hub", "the destination airport",
    "a bonded warehouse", "the transit terminal", "local delivery partner", "delivery station",
    "the consolidation centre", "final mile operator", "freight forwarder", "airline cargo depot",
    "the vessel", "cross dock", "the customs broker",
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_brought_to_a_company_is_not_delivered(verb: str) -> None:
    wrong = [place for place in PLACES if read(f"{verb} {place}").main == "delivered"]

    assert wrong == []


ELSEWHERE = [
    "已送达始发机场", "货物已送达分拨中心", "派送商已签收", "海外仓已签收", "网点已签收，等待派送",
    "部分签收", "签收短少", "An den Spediteur übergeben", "Zugestellt an Depot Bremen",
    "Teilzustellung", "Livré au transitaire", "Livraison partielle", "Entregado al transportista",
    "Entrega parcial", "Consegnata al vettore", "Entregue ao operador logístico",
    "Bezorgd bij afzender", "Levererad till terminal", "Dostarczono do oddziału",
    "Вручено перевозчику", "Taşıyıcıya teslim edildi", "業者へお渡し", "배송업체로 전달",
    "Delivered to the wrong house", "Marked as delivered by mistake", "Partially delivered",
    "Delivered short", "DELIVERED_SENDER",
]  # fmt: skip
HEADINGS = [
    "Delivered date", "Your delivered orders", "We have delivered over 2 million parcels",
    "Delivered in 3-5 business days", "Proof of Delivery", "Signature waiver", "Signed for by",
    "99% delivered on time", "签收时间", "签收评价", "是否签收", "妥投率", "Zustellnachweis",
    "Preuve de livraison", "Wann wird zugestellt", "배송완료 문자 받기",
]  # fmt: skip


@pytest.mark.parametrize("text", ELSEWHERE + HEADINGS)
def test_it_is_not_read_as_delivered(text: str) -> None:
    assert read(text).main != "delivered"


DELIVERED = [
    "Delivered", "Delivered to front desk", "Delivered to recipient at the office door",
    "Delivered, left with resident", "Delivered COLLEGE STATION TX", "Delivered PORT ST LUCIE",
    "Your item was delivered at the mailbox in GRAND JUNCTION, CO",
    "快件已在【南京站】签收,签收人: 本人",
    "客户已签收，签收人：前台", "Zugestellt an Nachbarn", "Livré en boîte aux lettres",
    "Entregado al destinatario", "Delivered with signature", "Delivered by postman",
]  # fmt: skip


@pytest.mark.parametrize("text", DELIVERED)
def test_a_delivery_is_still_read_as_one(text: str) -> None:
    assert read(text).main == "delivered"


def test_english_binds_every_text_in_latin_letters() -> None:
    text = normalise("Delivered to sorting hub")

    assert all(vetoed(language, text) for language in ("en", "fr", "nobody"))
    assert not vetoed("nobody", normalise("Вручено"))


def test_a_veto_outlives_politeness_and_capitals() -> None:
    for start, end in itertools.product(["", "Dear customer, "], ["", ".", " - thank you!"]):
        text = f"{start}your parcel was delivered to our transit hub{end}"
        assert read(text).main != "delivered"
        assert read(text.upper()).main != "delivered"
