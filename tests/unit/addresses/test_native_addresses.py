"""Addresses as people write them in Korea, India, Russia, Thailand and the Gulf; what is typed into
them besides; and what is said of a code that is nearly one. All are made up.
"""

from __future__ import annotations

import pytest

from milepost.addresses import Address, Checked, check
from milepost.addresses.postcodes import formats


def codes(checked: Checked) -> set[str]:
    return {one.code for one in checked.reasons}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("서울특별시 강남구 논현로 9 (역삼동) 06236",
         ("KR", "KR-11", "서울특별시", "강남구", "06236")),
        ("경기도 성남시 분당구 황새울로 9, 3층 13561",
         ("KR", "KR-41", "성남시", "분당구", "13561")),
        ("9 Nonhyeon-ro, Seoul 06236, South Korea", ("KR", "KR-11", "Seoul", None, "06236")),
        ("9, Lake Road, Bengaluru, Karnataka 560001, India",
         ("IN", "IN-KA", "Bengaluru", None, "560001")),
        ("Россия, 190000, г. Санкт-Петербург, Садовая ул., д. 9",
         ("RU", "RU-SPE", "Санкт-Петербург", None, "190000")),
        ("620014, Свердловская обл., г. Екатеринбург, ул. Мира, 9",
         ("RU", "RU-SVE", "Екатеринбург", None, "620014")),
        ("9/9 ถนนพระราม 4 แขวงสีลม กรุงเทพมหานคร 10500",
         ("TH", "TH-10", "กรุงเทพมหานคร", None, "10500")),
        ("Villa 9, Street 4B, Dubai, UAE", ("AE", "AE-DU", "Dubai", None, None)),
        ("P.O. Box 990, Abu Dhabi, AE", ("AE", "AE-AZ", "Abu Dhabi", None, None)),
        ("Rua Verde, 99, Centro, Curitiba/PR, CEP 80060000",
         ("BR", "BR-PR", "Curitiba", None, "80060-000")),
        ("Av. Verde 99, 03100 Ciudad de México, México",
         ("MX", None, "Ciudad de México", None, "03100")),
        ("9 Oak St, Chicago, Illinois 60606", ("US", "US-IL", "Chicago", None, "60606")),
        ("Lindenweg 9, D-50667 Köln", ("DE", None, "Köln", None, "50667")),
        ("Lindenweg 9, 10117 Berlin, DE", ("DE", None, "Berlin", None, "10117")),
        ("1010 Wien, Lindengasse 9, Austria", ("AT", None, "Wien", None, "1010")),
        ("9 Rue Verte, 97400 Saint-Denis, La Réunion, France",
         ("FR", "FR-974", "Saint-Denis", None, "97400")),
    ],
)  # fmt: skip
def test_written_as_people_do(text: str, expected: tuple[str | None, ...]) -> None:
    found = check(Address(text=text))
    parts = found.parts

    assert (parts.country, parts.code, parts.city, parts.district, parts.postal_code) == expected
    assert found.verdict == "good", found.reasons


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("Lindenweg 9, 1011 Berlin", "DE", "postal_code_malformed"),
        ("9 rue du Lac, 6900 Lyon", "FR", "postal_code_malformed"),
        ("9 Elm St, Austin, TX 7870", "US", "postal_code_malformed"),
        ("9 Elm St, Austin, TX 7870l", "US", "postal_code_malformed"),
        ("9 High Street, Leeds LS1 4A", "GB", "postal_code_malformed"),
        ("9, Lake Road, Bengaluru, Karnataka 56001", "IN", "postal_code_malformed"),
        ("ул. Мира, д. 9, Москва, 12500", "RU", "postal_code_malformed"),
        ("東京都千代田区丸の内9-9 〒100-001", "JP", "postal_code_malformed"),
        ("9 Elm St, Austin, ZZ 78701", "US", "region_unknown"),
        ("9 Elm St, Austin, Texs 78701", "US", "region_lookalike"),
        ("9, Lake Road, Bengaluru, Karnataka 400001", "IN", "postal_code_not_in_region"),
        ("9, Lake Road, Mumbai 560001", "IN", "postal_code_not_in_city"),
        ("ул. Мира, д. 9, Москва, 630099", "RU", "postal_code_not_in_region"),
        ("9 Rama IV Road, Bangkok 50200", "TH", "postal_code_not_in_region"),
        ("서울특별시 강남구 논현로 9 48058", "KR", "postal_code_not_in_region"),
        ("서울특별시 강남구 논현로 06236", "KR", "number_missing"),
        ("東京都大阪市北区梅田9-9 100-0001", "JP", "city_not_in_region"),
        ("Lindenweg 9, 10117 Berln", "DE", "city_lookalike"),
        ("Dubai", "AE", "street_missing"),
        ("New York, NY", "US", "street_missing"),
        ("test test", "DE", "placeholder"),
        ("StraÃŸe 9, 10117 Berlin", "DE", "garbled"),
        ("æ\u009d\xadå·žå¸\u0082 9", "CN", "garbled"),
    ],
)
def test_trouble_has_its_name(text: str, country: str, code: str) -> None:
    assert code in codes(check(Address(text=text, country=country)))


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("Ann Lee, +1 512 472 1234, 9 Elm St, Austin, TX 78701", "US", "+15124721234"),
        ("9 Elm St, Austin, TX 78701. Phone: (512) 472-1234", "US", "+15124721234"),
        ("Lindenweg 9, 10117 Berlin, Tel. 030 901820", "DE", "+4930901820"),
        ("9 Lake Road, Bengaluru 560001, mob 9845012346", "IN", "+919845012346"),
    ],
)
def test_phones_in_the_text(text: str, country: str, number: str) -> None:
    found = check(Address(text=text, country=country))

    assert found.phone is not None
    assert found.phone.e164 == number
    assert found.parts.postal_code
    assert found.verdict == "good", found.reasons


def test_houses_with_names_have_no_number() -> None:
    for text in ("Rose Cottage, Church Lane, Norwich NR1 1AA", "Unit 9 Dock Works, Leeds LS1 4AP"):
        assert "number_missing" not in codes(check(Address(text=text, country="GB")))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("广东省深圳市南山去学府路9号", "district_lookalike"),
        ("湖北省襄樊市樊城区长虹路9号", "district_former"),
        ("广州市天河区体育西路9号 12012345678", "phone_placeholder"),
        ("广州市天河区体育西路9号 1391234567", "phone_invalid"),
        ("广州市天河区体育西路号", "number_missing"),
        ("某某省某某市某某区", "placeholder"),
        ("安徽省合肥市政务区怀宁路9号", "functional_zone"),
    ],
)
def test_chinese_slips(text: str, code: str) -> None:
    assert code in codes(check(Address(text=text)))


@pytest.mark.parametrize("country", [*formats(), "XX", ""])
def test_one_field_alone_is_enough_to_ask(country: str) -> None:
    for field in ("text", "name", "region", "city", "district", "street", "postal_code"):
        for value in ("9", "Springfield", "TX 9", "서울", "東京都", ","):
            check(Address(country=country, **{field: value}))
