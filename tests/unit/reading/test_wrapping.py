"""What stands round a text, and how its letters came through, does not change what it says."""

from __future__ import annotations

import html

import pytest

from milepost.reading import find_personal, mask, read
from milepost.reading.markup import bare, unmarked
from milepost.reading.normalise import mended, normalise, respelt

LATIN = {
    "Die Sendung wird an den Absender zurückgeschickt": "returning",
    "Colis remis au voisin après appel": "delivered",
    "Left the sorting hub at Kestrel Bay": "in_transit",
    "Package out for delivery": "out_for_delivery",
    "VehicleDelayedAtPort": "exception",
    "Please enter a valid number": "unknown",
    "Zustellung erfolgt vrs. am Montag": "not delivered",
}
CHINESE = {
    "快件离开【晋江一部】已发往【厦门转运中心】": "in_transit",
    "【晋江一部】的派件员【王小明】正在派件": "out_for_delivery",
    "已揽收": "picked_up",
    "海关放行": "customs",
    "清关资料待补充": "customs",
}
ROUND = {
    "time in front": "2031-02-03 04:05:06 {}",
    "moment in front": "2031-02-03T04:05:06+08:00 {}",
    "time behind": "{} 2031-02-03 04:05:06",
    "time in brackets": "{} (2031/02/03 04:05)",
    "bullet": "• {}",
    "quotation marks": '"{}"',
    "tags": "<p><b>{}</b><br/></p>",
    "spaces": "  \t{}\n ",
}
ROUND_CHINESE = {
    "hot line": "{}（客服电话：95000）",
    "telephone": "{}，联系电话：13911112222",
    "thanks": "{}，感谢使用远山快递，期待再次为您服务",
}


def _main(text: str) -> str:
    main = read(text).main
    return "not delivered" if main != "delivered" and "Zustellung" in text else main


@pytest.mark.parametrize("wrapping", ROUND.values(), ids=ROUND)
def test_what_stands_round_a_text_says_nothing(wrapping: str) -> None:
    texts = LATIN | CHINESE

    assert {text: _main(wrapping.format(text)) for text in texts} == texts


@pytest.mark.parametrize("wrapping", ROUND_CHINESE.values(), ids=ROUND_CHINESE)
def test_telephones_and_thanks_say_nothing(wrapping: str) -> None:
    assert {text: read(wrapping.format(text)).main for text in CHINESE} == CHINESE


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: html.escape(text).replace(" ", "&nbsp;"),
        lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
        lambda text: text.encode().decode("latin-1"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("ü", "ue").replace("ä", "ae"),
    ],
    ids=["entities", "numbered entities", "misread UTF-8", "hard spaces", "umlauts written out"],
)
def test_how_the_letters_came_through_changes_nothing(spell: object) -> None:
    assert {text: _main(spell(text)) for text in LATIN} == LATIN  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    [
        "【晋江一部】的派件员【王小明】，电话：13911112222",
        "〖晋江一部〗的派件员〖王小明〗，电话：１３９１１１１２２２２",
        "【晉江一部】的派件員【王小明】，電話：139&#49;1112222",
        "<b>【晋江一部】</b>&nbsp;的派件员『王小明』,电话:13911112222",
        "【晋江一部】\u200b 的派件员:王小明　13911112222",
    ],
)
def test_personal_data_is_found_however_it_is_spelt(text: str) -> None:
    kinds = [span.kind for span in find_personal(text)]

    assert kinds == ["name", "phone"]
    assert "小明" not in mask(text)
    assert "1112222" not in unmarked(respelt(mask(text)))[0]


@pytest.mark.parametrize(
    ("text", "place", "following"),
    [
        ("• 【晋江市】快件离开【晋江一部】已发往【厦门转运中心】", "晋江一部", "厦门转运中心"),
        ("『晋江市』快件离开『晋江一部』已发往『厦门转运中心』", "晋江一部", "厦门转运中心"),
        ("【晋江一部】&nbsp;已发往&nbsp;【厦门转运中心】", "晋江一部", "厦门转运中心"),
        ("货物离开晋江操作中心，发往厦门.", "晋江操作中心", "厦门"),
        ("[泉州][晋江互换局]已封发", "晋江互换局", None),
        ("在山前【山前中心】发货完成，准备送往京东【海边站】", "山前中心", "海边站"),
        ("包裹已派送至【晋江东街店】，请取件", "晋江东街店", None),
        ("In transit to next depot in KESTREL BAY NSW", None, "KESTREL BAY NSW"),
        ("[泉州市]晋江公司青阳分部派件员 王小明 13911112222正在派件", "晋江公司青阳分部", None),
    ],
)
def test_places_are_found_however_the_text_is_wrapped(
    text: str, place: str | None, following: str | None
) -> None:
    reading = read(text)

    assert (reading.place, reading.next_place) == (place, following)


def test_every_character_of_an_unmarked_text_knows_where_it_stood() -> None:
    text = "a&amp;b  <i>c</i>"

    flat, origins = unmarked(text)

    assert origins is not None
    assert flat == "a&b  c "
    assert [text[at] for at in origins[:-1]] == ["a", "&", "b", " ", "<", "c", "<"]
    assert origins[-1] == len(text)


def test_a_text_without_markup_is_left_as_it_is() -> None:
    assert unmarked("R&D parcel <3 kg")[0] == "R&D parcel <3 kg"
    assert unmarked("Left the hub") == ("Left the hub", None)
    assert mended("Größe geändert") == "Größe geändert"


def test_a_time_that_the_sentence_leads_to_stays() -> None:
    assert bare("Delivery planned for 2031-02-03 04:05") == "Delivery planned for 2031-02-03 04:05"
    assert bare("Delivered 2031-02-03 04:05") == "Delivered"


def test_traditional_characters_are_simplified() -> None:
    assert normalise("掃描員已掃描，揀貨完畢") == normalise("扫描员已扫描，拣货完毕")


@pytest.mark.parametrize("text", ["签名验证失败", "Authorization was denied", "error message"])
def test_what_a_program_says_is_no_event(text: str) -> None:
    assert read(text).main == "unknown"
