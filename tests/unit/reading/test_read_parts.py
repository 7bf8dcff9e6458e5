"""Places, personal data and the small parts of reading."""

from __future__ import annotations

import pytest

from milepost.reading import mask, read
from milepost.reading.anchors import anchors
from milepost.reading.normalise import normalise


@pytest.mark.parametrize(
    ("text", "place", "city", "following"),
    [
        (
            "【长沙市】 快件离开 【长沙中心】 已发往 【武汉中转部】",
            "长沙中心",
            "长沙市",
            "武汉中转部",
        ),
        ("快件已到达【成都双流】", "成都双流", None, None),
        ("离开【兰州中心】，下一站【银川中心】", "兰州中心", None, "银川中心"),
        ("Arrived at Sort Facility LISBON - PORTUGAL", "LISBON - PORTUGAL", None, None),
        ("Departed Facility in OSLO - NORWAY", "OSLO - NORWAY", None, None),
        ("Arrived at the depot", None, None, None),
        ("在甘肃兰州城关区三公司进行签收扫描", "甘肃兰州城关区三公司", None, None),
        ("交航空货运公司承运", None, None, None),
        ("Delivered", None, None, None),
        ("快件已经到达宁波集散中心[宁波市]", "宁波集散中心", None, None),
        ("离开洛阳市 发往开封市（经转）", "洛阳市", None, "开封市"),
        ("已离开长治揽投站，发往太原处理中心", "长治揽投站", None, "太原处理中心"),
        ("江阴公司 的收件员 王某 已收件", "江阴公司", None, None),
        ("从站点发出，本次转运目的地：江西上饶公司", None, None, "江西上饶公司"),
        ("[Novosibirsk] Left the sorting centre", "Novosibirsk", None, None),
    ],
)
def test_places(text: str, place: str | None, city: str | None, following: str | None) -> None:
    got = read(text)

    assert (got.place, got.place_city, got.next_place) == (place, city, following)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("派件员：王小明 13912345678", "派件员：王** 139******78"),
        ("如有疑问请电联：0571-88001234", "如有疑问请电联：057*-******34"),
        ("客服热线400-123-4567", "客服热线400-***-**67"),
        ("【西湖】 的 陈大文（13912345678） 正在派件", "【西湖】 的 陈**（139******78） 正在派件"),
        ("Signed for by: HARRIS", "Signed for by: H*****"),
        ("Call +49 151 23456789", "Call +49 1** ******89"),
        ("Held by customs 王小明 13812345678", "Held by customs 王** 138******78"),
        ("Delivered to Wendy Harrison 13812345678", "Delivered to W**** ******** 138******78"),
        ("Courier (Jane Miller) is on the way", "Courier (J*** ******) is on the way"),
        ("Livreur : Marie Petit 06 12 34 56 78", "Livreur : M**** ***** 06 1* ** ** 78"),
        ("Zusteller (Hans Specht)", "Zusteller (H*** ******)"),
        ("配達員（田中太郎）が配達中", "配達員（田***）が配達中"),
        ("기사(홍길동) 배송중", "기사(홍**) 배송중"),
        ("快递员 张三(13800000000)", "快递员 张*(138******00)"),
    ],
)
def test_masking(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "转运至：中通快递（75312345678901）",
        "国内快递公司：韵达，单号：812300001111",
        "Shipment picked up 960011223",
        "Arrived in FRESNO CA 95350",
        "Tracking number 00340434000000000000",
        "取件码 8-2-1001",
        "Wed 12 May 2021 14:05",
    ],
)
def test_what_is_no_phone(text: str) -> None:
    assert [span for span in read(text).personal if span.kind == "phone"] == []


@pytest.mark.parametrize(
    "text", ["签收人：本人", "签收人：前台", "Signed for by: receptionist", "Received by carrier"]
)
def test_what_is_no_name(text: str) -> None:
    assert read(text).personal == ()


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("ＤＥＬＩＶＥＲＥＤ", "delivered"),
        ("OutForDelivery", "out for delivery"),
        ("IN_TRANSIT", "in transit"),
        ("包裹 已 簽收", "包裹已签收"),
        ("Zugestellt   über\tNacht", "zugestellt uber nacht"),
        ("【上海】 12:30", "[上海]00:00"),
        ("Customs clearence", "customs clearance"),
        ("包裹 arrived at the hub 上海", "包裹 arrived at the hub 上海"),
    ],
)
def test_spelling(text: str, spelling: str) -> None:
    assert normalise(text) == spelling


def test_anchors_are_what_no_match_can_do_without() -> None:
    assert anchors(r"\b(?:left|departed) (?:the )?hub\b") == {"hub"} or anchors(
        r"\b(?:left|departed) (?:the )?hub\b"
    ) == {"left", "departed"}
    assert anchors(r"已?签收") == {"签收"}
    assert anchors(r"\d+") is None
    assert anchors(r"(?:a|\w)b?") is None
