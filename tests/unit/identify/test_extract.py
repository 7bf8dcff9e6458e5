from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.identify import extract_numbers, lone_number, named_numbers


def test_a_pasted_list() -> None:
    text = "SF1704422690318\n  7621 3304 4177 25 \r\nrr704152368de, ORDER-20417\n\nSF1704422690318"

    assert extract_numbers(text) == [
        "SF1704422690318",
        "76213304417725",
        "RR704152368DE",
        "ORDER20417",
    ]


def test_a_mail() -> None:
    text = (
        "Dear Ms Lindqvist, order 100233481 of 2026-11-02 (EUR 1,299.00) is on its way.\n"
        "Track RR 7041 5236 8 DE or call +1 (555) 010-2030 in 2026.\n"
        "https://example.org/track?number=YT7702318846205113&lang=en"
    )

    assert extract_numbers(text) == ["RR704152368DE", "YT7702318846205113"]


def test_a_chat_in_chinese() -> None:
    text = "您好，单号：ＪＴ5140033728861，电话13800000000，请查收；另一个76213304417725。"

    assert extract_numbers(text) == ["JT5140033728861", "76213304417725"]


@pytest.mark.parametrize(
    "typed",
    [
        "rr 704 152 368 de",
        "rr704152368 de",
        "RR 704152368DE",
        "RR 704152368 DE",
        "the label says RR 704152368 DE, thanks",
    ],
)
def test_letters_apart_and_small_ones(typed: str) -> None:
    assert extract_numbers(typed) == ["RR704152368DE"]


def test_a_carriers_letters_typed_apart_belong_to_the_number() -> None:
    assert extract_numbers("SF 1704422690318") == ["SF1704422690318"]
    assert extract_numbers("yt 7702318846205") == ["YT7702318846205"]
    assert extract_numbers("tracking number: SF 1704422690318.") == ["SF1704422690318"]
    assert extract_numbers("to 771204436650918") == ["771204436650918"]


def test_a_scanners_symbology_is_no_part_of_the_number() -> None:
    assert extract_numbers("]C0SF1704422690318") == ["SF1704422690318"]
    assert extract_numbers("]Q3https://example.org/t/RR704152368DE") == ["RR704152368DE"]
    assert lone_number("]C1ORDER-20417") == "ORDER20417"


@pytest.mark.parametrize("routing", ["42090210", "420902101234"])
def test_the_zip_code_before_a_usps_number_is_left_out(routing: str) -> None:
    assert extract_numbers(f"{routing}9400111899223100001236") == ["9400111899223100001236"]


def test_a_bank_account_is_no_parcel() -> None:
    text = "Track RR704152368DE\nIBAN DE02 1203 0000 0000 2020 51, DE02120300000000202051"

    assert extract_numbers(text) == ["RR704152368DE"]


def test_a_table_row_keeps_only_the_number() -> None:
    assert extract_numbers("771204436650918\tdelivered\tShanghai") == ["771204436650918"]


@given(st.text())
def test_never_raises(text: str) -> None:
    assert len(set(extract_numbers(text))) == len(extract_numbers(text))


def test_the_words_before_a_number_say_what_it_is() -> None:
    text = (
        "Bestellnummer 289301174455, Kundennummer 99812034, Tel. 030 55501234.\n"
        "Die Sendungsnummer lautet 4471209836. Betrag 1.299,90 €, 18.11.2026"
    )

    assert extract_numbers(text) == ["4471209836"]
    assert extract_numbers("京东订单289301174455已出库，运单号JDVA18820934417") == [
        "JDVA18820934417"
    ]
    assert extract_numbers("송장번호 : 1234567890 주문번호 : 9988776655 연락처 01012345678") == [
        "1234567890"
    ]
    assert extract_numbers("رقم التتبع: 44712098361 رقم الطلب: 99812034561") == ["44712098361"]
    assert extract_numbers("Mã vận đơn: GHN8821A7F2, SĐT 0912345678") == ["GHN8821A7F2"]
    assert extract_numbers("FedEx tracking no. 7712 0394 8812, order 99812034") == ["771203948812"]
    assert extract_numbers("your tracking number for order 99812034 is 4471209836") == [
        "4471209836"
    ]


def test_a_tracking_word_announces_a_whole_list() -> None:
    text = "Tracking numbers: 4471209836, 4471209847 and 4471209851. Call 415-555-0132."

    assert extract_numbers(text) == ["4471209836", "4471209847", "4471209851"]


def test_a_mail_with_headings_above_its_values() -> None:
    text = (
        "Order number\n112-4482913-7712034\nOrder date\nNovember 18, 2026\n"
        "Tracking number\n771203948812\nPhone\n(415) 555-0132\n415-555-0199\nTotal\n$1,249.00"
    )

    assert extract_numbers(text) == ["771203948812"]


def test_a_signature_is_no_parcel() -> None:
    text = "Here it is: RR704152368DE\n\nBest,\nTom\n+1 415 555 0132\n4155550199"

    assert extract_numbers(text) == ["RR704152368DE"]
    assert extract_numbers("reach me here\n415-555-0132") == []


def test_decoys_alone_are_nothing() -> None:
    for text in (
        "Call 415-555-0132 tomorrow, order total $1,249.00 on 2026-11-18, zip 94110-2210",
        "您的快件由王师傅派送，电话15912345678，取件码8-2-3011",
        "Votre colis arrive, appelez le 0612345678",
        "Track your order 99812034 at https://shop.example/o/99812034",
        "Tracking available from 2026-11-18, order 12345678",
    ):
        assert extract_numbers(text) == [], text


def test_what_may_be_a_number_by_itself() -> None:
    assert lone_number(" ORDER-20417 ") == "ORDER20417"
    assert lone_number("4471 2098 36") == "4471209836"
    assert lone_number("call 4155550132") == ""
    assert lone_number("快递小哥电话13800138000") == ""


def test_a_long_line_is_read_in_time_that_grows_with_it() -> None:
    """Looking back for labels in one line of a whole mailbox took twenty seconds."""
    words = "order 12345678 tracking " * 400

    found = extract_numbers(words * 6)

    assert found == []


def test_what_a_text_calls_the_number_of_something_else() -> None:
    text = (
        "Danke für Ihre Bestellung Nr. A-20417 vom 18.11.2026.\nOrder number\n100-448\nTel. 030 555"
    )

    assert named_numbers(text) == ["A-20417", "100-448"]
    assert named_numbers("订单号：1002334812，合计 88.00") == ["1002334812"]
    assert named_numbers("tracking number RR704152368DE") == []
