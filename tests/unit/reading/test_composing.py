"""What ideas say together where no rule speaks, and what they may never say."""

from __future__ import annotations

import pytest

from milepost.reading import read
from milepost.reading.composing import compose
from milepost.reading.lexicon import LEXICONS, compositions_of, lexicon_of
from milepost.reading.normalise import normalise

SAID = [
    ("Вантаж прямує до міста адресата", "in_transit"),
    ("Замовлення чекає на передачу відправником, кур'єр його забере", "info_received"),
    ("Посилку затримано на митниці", "customs"),
    ("Пратката пристигна в логистичния център", "in_transit"),
    ("Пратката е доставена на клиента", "delivered"),
    ("Адресатът отказа пратката", "attempt_failed"),
    ("Siuntinys pristatytas gavėjui", "delivered"),
    ("Pakk jõudis sorteerimiskeskusse ja saabus lattu", "in_transit"),
    ("Pošiljka je uručena kupcu", "delivered"),
    ("Pošiljka je vraćena pošiljatelju", "returning|returned"),
    ("Neuspio pokušaj dostave, primatelj odsutan", "attempt_failed"),
    ("Csomagját a futár szállítja ki", "out_for_delivery"),
    ("Η αποστολή αναχώρησε από το κέντρο διαλογής", "in_transit"),
    ("Το δέμα επιστρέφει στον αποστολέα", "returning"),
    ("غادرت الشحنة مركز الفرز", "in_transit"),
    ("رفض العميل استلام الطرد", "attempt_failed"),
    ("החבילה הועברה למכס", "customs"),
    ("مرسوله از مرکز خارج و ارسال شد", "in_transit"),
    ("พัสดุถึงศูนย์คัดแยกปลายทาง", "in_transit"),
    ("Đơn đang nằm trong kho trung tâm", "in_transit"),
    ("Barang ditahan kastam", "customs"),
    ("पार्सल वितरण के लिए निकल चुका है", "out_for_delivery"),
]


@pytest.mark.parametrize(("text", "wanted"), SAID)
def test_ideas_together_say_a_status(text: str, wanted: str) -> None:
    assert read(text).main in wanted.split("|")


NOT_DELIVERED = [
    "Посилку буде вручено завтра", "Посилку не вручено", "Пратката ще бъде доставена утре",
    "Пратката не е доставена", "Siunta bus pristatyta rytoj", "Siunta nepristatyta",
    "Pošiljka će biti uručena sutra", "Pošiljka nije uručena", "Το δέμα θα παραδοθεί αύριο",
    "لم يتم توصيل الشحنة", "سيتم توصيل الشحنة غدا", "החבילה טרם נמסרה", "החבילה תימסר מחר",
    "مرسوله تحویل گیرنده نشد", "จะจัดส่งถึงผู้รับพรุ่งนี้", "ยังไม่ได้จัดส่งถึงผู้รับ",
    "Đơn sẽ giao cho khách ngày mai", "Paket akan diserahkan kepada penerima esok",
    "पार्सल वितरित नहीं किया गया", "A csomagot holnap fogjuk kézbesíteni",
    "Paketet kommer att levereras i morgon", "Pakken vil blive leveret i morgen",
    "Transferred and delivered to the forwarder", "Delivered to the line-haul partner",
    "骑手很快送达", "包裹已送达转运仓", "可在网站查看签收底单", "Booking confirmation",
    "Tracking confirmation e-mail sent", "Confirmed by the seller",
    "Return delivered to the merchant", "Remis au transporteur confrère",
    "Entregado al operador local", "Consegnata al corriere partner",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_DELIVERED)
def test_what_is_not_delivered_is_never_said_to_be(text: str) -> None:
    assert read(text).main != "delivered"


@pytest.mark.parametrize(
    "text",
    ["Натисніть, щоб змінити доставку", "Изберете офис за доставка", "Choose your courier"],
)
def test_the_words_of_a_web_page_say_nothing(text: str) -> None:
    assert read(text).main == "unknown"


@pytest.mark.parametrize("text", ["", "...", "0000", "Lorem ipsum dolor", "Οδός Ερμού 0"])
def test_what_has_no_idea_says_nothing(text: str) -> None:
    assert compose(normalise(text)) is None


def test_a_rule_goes_before_ideas() -> None:
    rule = read("Out for delivery").rule

    assert rule is not None
    assert not rule.endswith(".composed")


def test_what_is_shut_does_not_hold() -> None:
    rows = {"compose": [{"sub": "delivered", "all": ["delivered"]}], "shut": {"delivered": ["not"]}}
    (row,) = compositions_of(rows)

    assert row.holds(frozenset({"delivered"}))
    assert not row.holds(frozenset({"delivered", "not"}))


def test_an_unknown_sub_is_refused() -> None:
    with pytest.raises(ValueError, match="no status"):
        compositions_of({"compose": [{"sub": "in_orbit", "all": ["x"]}], "shut": {}})


def test_stems_are_folded_as_texts_are() -> None:
    data = {"language": {"letters": "latin"}, "stems": {"delivered": "doručen"}}

    (rule,) = lexicon_of(data, "xx").rules()
    assert rule.match == (r"\b(?:dorucen)",)


def test_every_language_denies_and_announces() -> None:
    lacking = [
        (item.language, idea)
        for item in LEXICONS
        for idea in ("not", "soon", "delivered")
        if idea not in {name for name, _ in item.stems}
    ]

    assert lacking == []
