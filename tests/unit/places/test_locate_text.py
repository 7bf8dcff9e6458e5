"""Place strings as carriers write them, and the zone, country and city that they say for sure."""

from __future__ import annotations

import pytest

from milepost.domain.place import Place
from milepost.places import Located, locate
from milepost.places.gazetteer import clock_of


def located(text: str, carrier_country: str | None = None) -> Located | None:
    return locate(Place(name=text), carrier_country=carrier_country)


SH = "Asia/Shanghai"

CHINESE = [
    ("【成都市】", SH, "CN", "Chengdu"),
    ("郑州转运中心", SH, "CN", "Zhengzhou"),
    ("武汉东西湖分拨中心", SH, "CN", None),
    ("广东省佛山市顺德区大良营业部", SH, "CN", None),
    ("苏州昆山公司", SH, "CN", "Kunshan"),
    ("常熟", SH, "CN", "Changshu"),
    ("浙江义乌北苑", SH, "CN", "Yiwu"),
    ("北京朝阳区", SH, "CN", "Beijing"),
    ("朝阳区", SH, "CN", None),
    ("新疆维吾尔自治区喀什地区", SH, "CN", "Kashgar"),
    ("乌鲁木齐", SH, "CN", "Ürümqi"),
    ("延边延吉市", SH, "CN", "Yanji"),
    ("内蒙古呼和浩特", SH, "CN", "Hohhot"),
    ("东莞虎门集散点", SH, "CN", "Dongguan"),
    ("上海市南京路", SH, "CN", "Shanghai"),
    ("湖南", SH, "CN", None),
    ("中国", SH, "CN", None),
    ("中国香港", "Asia/Hong_Kong", "HK", None),
    ("澳门", "Asia/Macau", "MO", None),
    ("臺灣桃園", "Asia/Taipei", "TW", "Taoyuan"),
    ("廣東深圳", SH, "CN", "Shenzhen"),
    ("西班牙马德里", "Europe/Madrid", "ES", "Madrid"),
    ("德国莱比锡", "Europe/Berlin", "DE", "Leipzig"),
    ("泰国曼谷", "Asia/Bangkok", "TH", "Bangkok"),
    ("日本大阪", "Asia/Tokyo", "JP", "Osaka"),
    ("韩国仁川", "Asia/Seoul", "KR", "Incheon"),
    ("芝加哥处理中心", "America/Chicago", "US", "Chicago"),
    ("俄罗斯莫斯科", "Europe/Moscow", "RU", "Moscow"),
]

NORTH_AMERICA = [
    ("Nashville, TN", "America/Chicago", "US", "Nashville"),
    ("KNOXVILLE TN 37921", "America/New_York", "US", "Knoxville"),
    ("BALLWIN MO 63011", "America/Chicago", "US", "Ballwin"),
    ("TAMPA FL DISTRIBUTION CENTER", "America/New_York", "US", "Tampa"),
    ("PENSACOLA, 32501, FL", "America/Chicago", "US", "Pensacola"),
    ("EL PASO, TX, US", "America/Denver", "US", "El Paso"),
    ("Springfield, IL", "America/Chicago", "US", "Springfield"),
    ("Nowhereville, MO 63042", "America/Chicago", "US", None),
    ("37402, US", "America/New_York", "US", None),
    ("San Diego Gateway, CA UNITED STATES", "America/Los_Angeles", "US", "San Diego"),
    ("NEW YORK CITY GATEWAY,NY-USA", "America/New_York", "US", "New York City"),
    ("Moscow, ID", "America/Los_Angeles", "US", "Moscow"),
    ("St. Louis, MO", "America/Chicago", "US", None),
    ("Columbus", "America/New_York", "US", "Columbus"),
    ("Kansas City", "America/Chicago", "US", "Kansas City"),
    ("Mississauga, ON, CA", "America/Toronto", "CA", "Mississauga"),
    ("LAVAL, PQ", "America/Toronto", "CA", "Laval"),
    ("London, CA", "America/Toronto", "CA", "London"),
    ("K1A 0B1, CA", "America/Toronto", "CA", None),
    ("Ensenada, Mexico", "America/Tijuana", "MX", "Ensenada"),
    ("Tijuana, BC, MX", "America/Tijuana", "MX", "Tijuana"),
]

WORLD = [
    ("HANNOVER - GERMANY", "Europe/Berlin", "DE", "Hannover"),
    ("Paketzentrum Köln", "Europe/Berlin", "DE", "Köln"),
    ("Koeln", "Europe/Berlin", "DE", "Köln"),
    ("München, Deutschland", "Europe/Berlin", "DE", "Munich"),
    ("Frankfurt (Oder)", "Europe/Berlin", "DE", "Frankfurt (Oder)"),
    ("Österreich", "Europe/Vienna", "AT", None),
    ("Genève, Suisse", "Europe/Zurich", "CH", "Geneva"),
    ("Plateforme Lyon", "Europe/Paris", "FR", "Lyon"),
    ("Allemagne", "Europe/Berlin", "DE", None),
    ("Lisboa", "Europe/Lisbon", "PT", "Lisbon"),
    ("Milano, Italia", "Europe/Rome", "IT", "Milan"),
    ("Santa Cruz de Tenerife, España", "Atlantic/Canary", "ES", "Santa Cruz de Tenerife"),
    ("Curitiba - PR", "America/Sao_Paulo", "BR", "Curitiba"),
    ("MANAUS AM BR", "America/Manaus", "BR", "Manaus"),
    ("BRISBANE QLD", "Australia/Brisbane", "AU", "Brisbane"),
    ("SOMEWHERE NSW", "Australia/Sydney", "AU", None),
    ("Broken Hill NSW", "Australia/Adelaide", "AU", "Broken Hill"),
    ("ROTTERDAM - NETHERLANDS, THE", "Europe/Amsterdam", "NL", "Rotterdam"),
    ("MANCHESTER, UK", "Europe/London", "GB", "Manchester"),
    ("Kingston-JAM", "America/Jamaica", "JM", "Kingston"),
    ("Jeddah, KSA", "Asia/Riyadh", "SA", "Jeddah"),
    ("大阪府", "Asia/Tokyo", "JP", None),
    ("横浜市", "Asia/Tokyo", "JP", "Yokohama"),
    ("부산", "Asia/Seoul", "KR", "Busan"),
    ("Екатеринбург", "Asia/Yekaterinburg", "RU", "Yekaterinburg"),
    ("Приморский край", "Asia/Vladivostok", "RU", None),
    ("Makassar", "Asia/Makassar", "ID", "Makassar"),
    ("Tbilisi, Georgia", "Asia/Tbilisi", "GE", "Tbilisi"),
    ("Atlanta, Georgia", "America/New_York", "US", "Atlanta"),
    ("Willemstad, Netherlands Antilles", "America/Curacao", "CW", "Willemstad"),
    ("SINGAPORE - SINGAPORE", "Asia/Singapore", "SG", "Singapore"),
]

CODES = [
    ("CVG", "America/New_York", "US", None),
    ("SDF HUB", "America/New_York", "US", "Louisville"),
    ("LEJ", "Europe/Berlin", "DE", "Leipzig"),
    ("ANC", "America/Anchorage", "US", "Anchorage"),
    ("USLAX", "America/Los_Angeles", "US", "Los Angeles"),
    ("DEFRA", "Europe/Berlin", "DE", None),
    ("NLRTM", "Europe/Amsterdam", "NL", "Rotterdam"),
    ("CNYTN", SH, "CN", "Shenzhen"),
    ("GBFXT", "Europe/London", "GB", "Felixstowe"),
    ("Hamburg, DEU", "Europe/Berlin", "DE", "Hamburg"),
    ("CHINA", SH, "CN", None),
    ("CUSCU", "America/Havana", "CU", None),
]


@pytest.mark.parametrize(
    ("text", "zone", "country", "city"), CHINESE + NORTH_AMERICA + WORLD + CODES
)
def test_says_what_the_text_says(text: str, zone: str, country: str, city: str | None) -> None:
    found = located(text)

    assert found is not None
    assert found.zone is not None
    assert (clock_of(found.zone), found.country) == (clock_of(zone), country)
    if city is not None:
        assert found.city == city


@pytest.mark.parametrize(
    "text",
    [
        "Springfield",
        "Cambridge",
        "Hamilton",
        "Valencia",
        "San Jose",
        "Georgia",
        "Ontario, CA",
        "Anytown, CA",
        "PER",
        "深圳-洛杉矶",
        "DE",
    ],
)
def test_two_answers_are_none(text: str) -> None:
    found = located(text)

    assert found is None or found.zone is None


@pytest.mark.parametrize(
    "text",
    [
        "转运中心",
        "丰巢智能柜",
        "本人签收",
        "菜鸟驿站",
        "Sort Facility",
        "Front porch",
        "Parcel locker 14",
        "Left with neighbour",
        "DELIVERED IN OR",
        "Unknown",
        "N/A",
        "-",
        "DZ5-\n DZ5",
        "020037",
        "10437",
        "Paket wird zugestellt",
        "En cours de livraison",
        "HUB",
        "Reading room 4",
        "12 Houston Street",
        "Otay Mesa",
        "Booby Island",
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert located(text) is None


@pytest.mark.parametrize("text", ["USA", "Anytown, US", "TX", "美国操作中心", "España"])
def test_country_of_many_clocks_has_no_zone(text: str) -> None:
    found = located(text)

    assert found is not None
    assert found.country in {"US", "ES"}
    assert found.zone is None


@pytest.mark.parametrize(
    ("text", "carrier_country", "country"),
    [
        ("Cambridge", "GB", "GB"),
        ("Hamilton", "NZ", "NZ"),
        ("Hamilton", "CA", "CA"),
        ("Ontario, CA", "US", "US"),
        ("AMBOISE", "FR", "FR"),
        ("Valencia", "es", "ES"),
        ("松山", "JP", "JP"),
    ],
)
def test_carrier_decides_between_namesakes(text: str, carrier_country: str, country: str) -> None:
    found = located(text, carrier_country)

    assert found is not None
    assert found.country == country
    assert found.zone is not None


def test_carrier_alone_places_nothing() -> None:
    assert located("Sort Facility", "DE") is None


def test_carrier_does_not_move_a_named_place() -> None:
    found = located("Leipzig, Germany", "US")

    assert found is not None
    assert found.zone == "Europe/Berlin"


def test_city_has_coordinates_for_a_map() -> None:
    found = located("深圳转运中心")

    assert found is not None
    assert found.latitude == pytest.approx(22.54, abs=0.1)
    assert found.longitude == pytest.approx(114.06, abs=0.1)


def test_ambiguous_city_of_one_clock_has_no_coordinates() -> None:
    found = located("朝阳区")

    assert found is not None
    assert (found.latitude, found.city) == (None, None)
