"""Every usual verb with every usual noun: a hole in the lexicon shows here, not at a carrier's."""

from __future__ import annotations

import itertools

import pytest

from milepost.reading import read

HUBS = [
    "hub", "facility", "depot", "terminal", "sorting centre", "warehouse", "gateway", "station",
    "distribution center", "transit center", "branch", "delivery center", "service center",
    "exchange office", "mail center", "base", "plant", "cross-dock", "parcel center",
    "fulfilment centre", "international hub", "transfer station",
]  # fmt: skip
REASONS = [
    "customer not home", "recipient absent", "no answer", "address incorrect", "business closed",
    "gate locked", "no access", "customer refused", "recipient unknown", "wrong number",
    "cash not ready", "building locked", "out of area", "unit number missing", "consignee moved",
    "phone unreachable",
]  # fmt: skip
MOVING = {"in_transit", "picked_up"}
GRIDS: dict[str, tuple[set[str], list[list[str]]]] = {
    "arrive": (
        MOVING,
        [
            ["arrived at", "reached", "received at", "checked in at", "entered", "unloaded at",
             "scanned in at", "now at", "processed at", "got to", "registered at", "inbound at"],
            ["the", "our"], HUBS,
        ],
    ),
    "depart": (
        MOVING,
        [
            ["departed", "left", "leaving", "dispatched from", "sent from", "outbound from",
             "moved out of", "forwarded from", "released from", "transferred from",
             "on its way to"],
            ["the", "our"], HUBS,
        ],
    ),
    "fail": (
        {"attempt_failed", "exception"},
        [["Delivery failed -", "Unable to deliver:", "Attempted delivery,", "Not delivered -",
          "Undelivered:", "Delivery not possible due to"], REASONS],
    ),
    "到达": (
        {"in_transit"},
        [["快件", "您的包裹", ""], ["已到达", "抵达", "已经到达", "运抵"],
         ["【绵阳转运中心】", "绵阳分拨中心", "【绵阳网点】", "绵阳机场", "绵阳仓库",
          "【绵阳】", "海外仓"]],
    ),
    "派送": (
        {"out_for_delivery"},
        [["", "【绵阳】", "快件"],
         ["正在派送", "派件中", "安排投递", "配送中", "已交快递员派送", "快递员正在派送途中"],
         ["", "，派件员：某某", "，请保持电话畅通"]],
    ),
    "失败": (
        {"attempt_failed", "exception"},
        [["派送失败", "未妥投", "派件异常", "无法派送"], ["，", "，原因："],
         ["收件人不在", "电话无人接听", "地址不详", "拒收", "客户要求改期",
          "超出派送范围", "手机关机"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GRIDS)
def test_the_usual_words_are_read_however_they_meet(name: str) -> None:
    wanted, columns = GRIDS[name]
    joint = " " if name.isascii() else ""
    texts = [joint.join(parts) for parts in itertools.product(*columns)]
    wrong = [text for text in texts if read(text).main not in wanted]

    assert len(wrong) / len(texts) < 0.02, wrong
    assert not any(read(text).main == "delivered" for text in texts)
