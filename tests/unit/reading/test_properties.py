"""Laws that hold for every text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.status import MAINS, STATUSES, main_of
from milepost.reading import find_personal, mask, read

PIECES = st.sampled_from(
    [
        *("快件", "【", "】", "已签收", "到达", "13812345678", "：", "、", "配達", "배송완료"),
        *("delivered", " to ", "in transit", "zugestellt", "доставлено", "+49 151", "A. ", "Ä"),
        *("ﬁ", "\u200b", "\u3000", "\U0001f600"),
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=20).map("".join))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_reading_never_raises_and_answers_what_exists(text: str) -> None:
    reading = read(text, carrier="cainiao", code=text[:20])

    assert reading.main in MAINS
    if reading.sub is not None:
        assert reading.sub in STATUSES
        assert main_of(reading.sub) == reading.main


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    end = 0
    for span in read(text).personal:
        assert end <= span.start < span.end <= len(text)
        end = span.end


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_places_are_pieces_of_the_text(text: str) -> None:
    reading = read(text)

    for place in (reading.place, reading.place_city, reading.next_place):
        assert place is None or place in text


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_masking_keeps_the_length_and_leaves_no_whole_phone(text: str) -> None:
    masked = mask(text)

    assert len(masked) == len(text)
    assert all("*" in masked[s.start : s.end] for s in find_personal(text) if s.kind == "phone")


@given(st.text(max_size=60), st.sampled_from([" ", "  ", "\u3000", "\t"]))
@settings(max_examples=200, deadline=None)
def test_space_around_a_text_changes_nothing(text: str, space: str) -> None:
    assert read(space + text + space).sub == read(text).sub


NEGATIONS = [
    "not {}",
    "has not been {}",
    "could not be {}",
    "cannot be {}",
    "will be {} tomorrow",
    "expected to be {}",
    "to be {}",
    "unable to confirm, not {}",
    "if {} please tell us",
    "never {}",
    "we will tell you when {}",
]
SUBJECTS = ["", "Your parcel ", "The shipment ", "Item ", "Package #12 "]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("negation", NEGATIONS)
def test_a_denied_or_future_delivery_is_never_delivered(subject: str, negation: str) -> None:
    for done in ("delivered", "delivered to the recipient", "signed for", "delivered to neighbour"):
        assert read(subject + negation.format(done)).main != "delivered"


DENIED = [
    "未签收", "拒绝签收", "尚未签收", "待签收", "签收失败", "请签收", "预计明天送达", "未妥投",
    "无人签收", "即将送达", "配達できませんでした", "配達予定", "未配達", "미배달",
    "배송하지 못했습니다", "배달 예정", "Nicht zugestellt", "Wird morgen zugestellt",
    "Konnte nicht zugestellt werden", "Non livré", "Sera livré demain", "N'a pas été livré",
    "No entregado", "Será entregado mañana", "No ha sido entregado", "Non consegnata",
    "Sarà consegnata domani", "Niet bezorgd", "Wordt morgen bezorgd", "Não entregue",
    "Será entregue amanhã", "Inte levererad", "Pakken er ikke leveret", "Nie doręczono",
    "Zostanie dostarczona jutro", "Nedoručena", "Bude doručena zítra", "Не вручено",
    "Будет доставлено завтра", "Teslim edilemedi", "Yarın teslim edilecek", "Tidak terkirim",
    "Chưa giao hàng thành công", "ยังไม่จัดส่งสำเร็จ", "Nem kézbesítve", "Nelivrat",
    "Va fi livrat mâine", "Ei toimitettu", "Δεν παραδόθηκε", "لم يتم تسليم الشحنة", "לא נמסר",
]  # fmt: skip


@pytest.mark.parametrize("text", DENIED)
def test_no_language_calls_a_denied_delivery_delivered(text: str) -> None:
    assert read(text).main != "delivered"


def test_ten_megabytes_are_read_at_once() -> None:
    for piece in ("1", "Delivered ", "快件【", "13812345678 ", "A. ", "\u0301", "https://x/ "):
        text = piece * (10_000_000 // len(piece.encode()))
        start = time.thread_time()
        read(text)
        mask(text)

        assert time.thread_time() - start < 2.0
