"""Chinese addresses: parts, order, look-alikes, what is missing. People and houses are made up."""

from __future__ import annotations

import pytest

from milepost.addresses import Address, Checked, check
from milepost.addresses.divisions import divisions, stem_of


def of(text: str) -> Checked:
    return check(Address(text=text))


def places(checked: Checked) -> tuple[str | None, str | None, str | None]:
    return checked.parts.region, checked.parts.city, checked.parts.district


def codes(checked: Checked) -> set[str]:
    return {one.code for one in checked.reasons}


WEST_LAKE = ("浙江省", "杭州市", "西湖区")


@pytest.mark.parametrize(
    "text",
    [
        "浙江省杭州市西湖区保俶路12号",
        "浙江杭州西湖区保俶路12号",
        "浙江杭州西湖保俶路12号",
        "中国浙江省 杭州市 西湖区 保俶路12号",
        "浙江省，杭州市，西湖区，保俶路12号",
        "浙江省-杭州市-西湖区-保俶路12号",
        "杭州市西湖区保俶路12号",
        "浙江省浙江省杭州市杭州市西湖区保俶路12号",
        "保俶路12号 西湖区 杭州市 浙江省",
        "保俶路12号西湖区杭州市浙江省",
        "浙江省杭州市西湖区保俶路１２号",
        "浙江省杭州市西胡区保俶路12号",
        "浙江省杭洲市西湖区保俶路12号",
    ],
)
def test_spellings_of_one_place(text: str) -> None:
    found = of(text)

    assert places(found) == WEST_LAKE
    assert found.parts.code == "330106"
    assert found.parts.street == "保俶路12号"
    assert found.score_pm >= 850


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("北京市海淀区中关村大街1号", ("北京市", "北京市", "海淀区")),
        ("北京海淀中关村大街1号", ("北京市", "北京市", "海淀区")),
        ("上海市上海市徐汇区漕溪北路8号", ("上海市", "上海市", "徐汇区")),
        ("重庆市云阳县滨江大道3号", ("重庆市", "重庆市", "云阳县")),
        ("江苏省昆山市前进中路9号", ("江苏省", "苏州市", "昆山市")),
        ("湖北省潜江市章华中路9号", ("湖北省", "潜江市", "潜江市")),
        ("新疆石河子市北四路9号", ("新疆维吾尔自治区", "石河子市", "石河子市")),
        ("西藏拉萨城关区北京中路9号", ("西藏自治区", "拉萨市", "城关区")),
        ("内蒙古呼和浩特新城区中山东路9号", ("内蒙古自治区", "呼和浩特市", "新城区")),
        ("河北唐山路南区建设路9号", ("河北省", "唐山市", "路南区")),
        ("河南商丘梁园区团结路9号", ("河南省", "商丘市", "梁园区")),
        ("宁夏银川兴庆区解放街9号", ("宁夏回族自治区", "银川市", "兴庆区")),
        ("云南大理州大理市下关镇泰安路9号", ("云南省", "大理白族自治州", "大理市")),
        ("吉林省吉林市船营区解放中路9号", ("吉林省", "吉林市", "船营区")),
        ("广东省东莞市虎门镇连升路9号", ("广东省", "东莞市", None)),
        ("杭州市江干区凯旋路9号", ("浙江省", "杭州市", "上城区")),
        ("深圳市粤海街道科苑路9号", ("广东省", "深圳市", "南山区")),
        ("台湾省台北市大安区忠孝东路9号", ("台湾省", "台北市", "大安区")),
    ],
)
def test_kinds_of_divisions(text: str, expected: tuple[str | None, ...]) -> None:
    assert places(of(text)) == expected


def test_a_street_named_after_a_city_is_a_street() -> None:
    found = of("上海市黄浦区南京东路800号")
    assert (found.parts.city, found.parts.street) == ("上海市", "南京东路800号")
    assert of("昆明市盘龙区北京路9号").parts.city == "昆明市"


def test_what_contradicts_is_named_with_a_repair() -> None:
    found = of("广东省杭州市西湖区保俶路12号")
    assert codes(found) == {"city_not_in_region"}
    assert places(found) == WEST_LAKE
    assert found.verdict == "check"
    assert found.repaired == "浙江省杭州市西湖区保俶路12号"

    found = of("广州市南山区科技园路1号")
    (reason,) = [one for one in found.reasons if one.code == "district_not_in_city"]
    assert (reason.found, reason.repair) == ("南山区", "广东省深圳市南山区")


def test_namesakes_are_never_guessed() -> None:
    found = of("鼓楼区中山路1号")
    (reason,) = [one for one in found.reasons if one.code == "district_ambiguous"]

    assert places(found) == (None, None, None)
    assert "江苏省南京市鼓楼区" in reason.choices
    assert len(reason.choices) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("测试地址", "placeholder"),
        ("xxxxx", "placeholder"),
        ("浙江省杭州市西湖区", "street_missing"),
        ("浙江省杭州市西湖区保俶路", "number_missing"),
        ("浙江省杭州市保俶路12号", "district_missing"),
        ("浙江省保俶路12号", "city_missing"),
        ("幸福路3号楼", "region_missing"),
        ("浙江省杭州市大明区保俶路12号", "district_unknown"),
        ("浙江省杭州市西湖区保俶路12号 100000", "postal_code_not_in_region"),
        ("浙江省杭州市西湖区保俶路???12号", "garbled"),
        ("昆山县前进路3号", "district_lookalike"),
        ("杭州市江干区凯旋路9号", "district_former"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str) -> None:
    assert code in codes(of(text))


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("陈晓 13912345679 杭州市西湖区保俶路12号", "陈晓", "+8613912345679"),
        ("杭州市西湖区保俶路12号，陈晓，139 1234 5679", "陈晓", "+8613912345679"),
        ("陈晓13912345679杭州市西湖区保俶路12号", "陈晓", "+8613912345679"),
        ("杭州市西湖区保俶路12号陈晓13912345679", "陈晓", "+8613912345679"),
        (
            "收货人：陈晓\n电话：0571-87651234\n地址：杭州市西湖区保俶路12号",
            "陈晓",
            "+8657187651234",
        ),
        ("欧阳小静 +86 139-1234-5679 杭州市西湖区保俶路12号", "欧阳小静", "+8613912345679"),
        ("杭州市西湖区保俶路12号", None, None),
    ],
)
def test_name_and_phone_in_the_text(text: str, name: str | None, phone: str | None) -> None:
    found = of(text)

    assert found.parts.name == name
    assert (found.phone.e164 if found.phone else None) == phone
    assert (*places(found), found.parts.street) == (*WEST_LAKE, "保俶路12号")


def test_fields_instead_of_a_text() -> None:
    found = check(Address(region="浙江", city="杭州", district="西湖区", street="保俶路12号"))
    assert (*places(found), found.score_pm) == (*WEST_LAKE, 1000)


def test_every_district_is_read_back() -> None:
    """By its full name below its province and city; districts of one name in one city aside."""
    wrong = []
    for one in divisions().values():
        if one.level < 3 or one.code.startswith(("71", "81", "82")):
            continue
        city = divisions().get(one.code[:4])
        head = divisions()[one.code[:2]].name + (city.name if city else "")
        found = check(Address(text=f"{head}{one.name}建设路1号"))
        if found.parts.code != one.code:
            wrong.append((one, found.parts.code))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("海西蒙古族藏族自治州", "海西"),
        ("内蒙古自治区", "内蒙古"),
        ("朝阳区", "朝阳"),
        ("城区", ""),
    ],
)
def test_short_names(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("text", "street", "rest"),
    [
        ("北京市朝阳区阜通东大街6号院3号楼", "阜通东大街6号院", "3号楼"),
        ("杭州市滨江区网商路9号1号楼5层", "网商路9号", "1号楼5层"),
        ("杭州市滨江区长河街道长江路中段碧桂园3栋2单元", "长江路中段", "碧桂园3栋2单元"),
        ("福建省晋江市陈埭镇溪边村3组", None, "溪边村3组"),
        ("香港九龍旺角彌敦道9號", "九龙旺角弥敦道9号", None),
    ],
)
def test_street_and_rest(text: str, street: str | None, rest: str | None) -> None:
    found = of(text)
    assert (found.parts.street, found.parts.rest) == (street, rest)


def test_a_town_alone_tells_its_district_where_its_name_is_the_only_one() -> None:
    found = of("张江镇碧波路9号")
    assert places(found) == ("上海市", "上海市", "浦东新区")
    assert "district_inferred" in codes(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("河北雄安新区容城县白洋路10号", ("河北省", "保定市", "容城县")),
        ("新疆生产建设兵团第八师石河子市151团2连9号", ("新疆维吾尔自治区", "石河子市", "石河子市")),
        ("新疆兵团八师151团2连9号", ("新疆维吾尔自治区", "石河子市", "石河子市")),
        ("新疆兵团第10师丰庆路7号", ("新疆维吾尔自治区", "北屯市", "北屯市")),
        ("凉山州西昌市月亮路6号", ("四川省", "凉山彝族自治州", "西昌市")),
        ("甘肃省积石山县大河路6号",
         ("甘肃省", "临夏回族自治州", "积石山保安族东乡族撒拉族自治县")),
        ("香港新界沙田区河畔路15号", ("香港特别行政区", "香港特别行政区", "沙田区")),
        ("新界沙田区河畔路15号", ("香港特别行政区", "香港特别行政区", "沙田区")),
    ],
)  # fmt: skip
def test_short_names_corps_and_zones(text: str, expected: tuple[str, ...]) -> None:
    found = of(text)

    assert places(found) == expected
    assert found.verdict == "good"


def test_an_unknown_district_does_not_undo_a_short_province() -> None:
    found = of("杭州云雾区河畔路15号")

    assert found.parts.city == "杭州市"
    assert "district_unknown" in codes(found)


@pytest.mark.parametrize("text", ["香港九龙河畔道99号", "澳门氹仔河畔街10号"])
def test_nobody_writes_the_district_in_hong_kong_and_macau(text: str) -> None:
    assert of(text).verdict == "good"
    assert not codes(of(text))


def test_a_number_behind_the_middle_of_a_road() -> None:
    assert of("香港河畔大道中99号").parts.street == "河畔大道中99号"


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("江苏省南京市鼓楼区云雾路1号 215000", "苏州市"),
        ("浙江省杭州市西湖区云雾路1号 325000", "温州市"),
        ("江苏省南京市鼓楼区云雾路1号 210009", None),
        ("广东省揭阳市普宁市云雾路1号 515300", None),
        ("浙江省杭州市桐庐县云雾路1号 311500", None),
    ],
)
def test_a_postal_code_of_another_city(text: str, city: str | None) -> None:
    told = [one.repair for one in of(text).reasons if one.code == "postal_code_not_in_city"]
    assert told == ([city] if city else [])


def test_the_word_for_a_phone_is_no_part_of_the_address() -> None:
    found = of("香港九龙河畔道99号 电话 +852 2311 7046")

    assert found.phone is not None
    assert found.parts.rest is None or "电话" not in found.parts.rest
