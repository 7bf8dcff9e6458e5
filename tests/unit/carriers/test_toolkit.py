"""Bytes, trees, XML, units and the collector."""

# ruff: noqa: DTZ001 - times without a zone are what is tested here

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

import pytest

from milepost.carriers.toolkit.bodies import read_body
from milepost.carriers.toolkit.collect import Collector, ScanError
from milepost.carriers.toolkit.decoding import (
    PayloadError,
    decode_bytes,
    read_json,
    read_json_or_form,
)
from milepost.carriers.toolkit.promises import latest, promise
from milepost.carriers.toolkit.times import read_when
from milepost.carriers.toolkit.tree import dig, integer_of, rows_of, text_of
from milepost.carriers.toolkit.units import country_code, read_point, weight_g
from milepost.carriers.toolkit.xmltree import as_tree, read_xml, xml_text
from milepost.domain.scan import Scan


class TestDecoding:
    @pytest.mark.parametrize(
        ("payload", "content_type"),
        [
            ("云溪市".encode(), None),
            ("云溪市".encode(), "text/html; charset=GBK"),
            ("云溪市".encode("utf-8-sig"), None),
            ("云溪市".encode("gb18030"), None),
            ("云溪市".encode("gb18030"), "application/json; charset=gb2312"),
            ("云溪市".encode("big5"), "text/plain; charset=Big5"),
            ("云溪市".encode("gb18030"), "text/plain; charset=nonsense"),
        ],
    )
    def test_any_charset(self, payload: bytes, content_type: str | None) -> None:
        assert decode_bytes(payload, content_type) == "云溪市"

    def test_latin_1_is_the_last_resort(self) -> None:
        assert decode_bytes(b"Orl\xe9") == "Orlé"

    def test_slips_inside_strings_lose_nothing(self) -> None:
        assert read_json('{"a": "one\ntwo", "b": "\\ud83d cut off"}') == {
            "a": "one\ntwo",
            "b": "\ufffd cut off",
        }

    @pytest.mark.parametrize("payload", [b"", b"{", b"<a/>", b"[" * 100_000])
    def test_no_json(self, payload: bytes) -> None:
        with pytest.raises(PayloadError):
            read_json(payload)

    @pytest.mark.parametrize("layers", [0, 1, 2, 3])
    @pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
    def test_form_however_often_encoded(self, layers: int, charset: str) -> None:
        value = quote('{"站": "云溪 100%+1"}'.encode(charset), safe="")
        for _ in range(layers - 1):
            value = quote(value, safe="")
        text = f"sign=X&param={value}" if layers else '{"站": "云溪 100%+1"}'

        body, _ = read_json_or_form(text.encode(), "param")

        assert body == {"站": "云溪 100%+1"}


class TestTree:
    DATA: ClassVar[dict[str, Any]] = {
        "a": {"b": [{"c": " x "}, 5]},
        "n": "12.6",
        "t": True,
        "e": "",
    }

    def test_steps_into_objects_and_lists(self) -> None:
        assert dig(self.DATA, "a.b.0.c") == " x "
        assert dig(self.DATA, "a.b.-1") == 5
        assert dig(self.DATA, "a.b.9.c") is None
        assert dig(self.DATA, "a.b.c") is None
        assert dig(None, "a") is None

    def test_one_alone_is_a_list_of_one_and_the_other_way_round(self) -> None:
        assert dig({"a": {"b": 1}}, "a.0.b") == dig({"a": [{"b": 1}]}, "a.b") == 1
        assert dig({"a": "x"}, "a.0") == "x"
        assert dig({"a": [{"b": 1}, {"b": 2}]}, "a.b") is None

    def test_the_first_text_that_is_there(self) -> None:
        assert text_of(self.DATA, "e", "t", "a", "a.b.0.c") == "x"
        assert text_of(self.DATA, "a.b.1") == "5"

    def test_numbers_in_text(self) -> None:
        assert integer_of(self.DATA, "e", "n") == 13
        assert integer_of({"n": "nan"}, "n") is None

    def test_one_row_alone_is_a_list(self) -> None:
        assert rows_of({"r": {"x": 1}}, "r") == [{"x": 1}]
        assert rows_of({"r": "x"}, "r") == []


class TestXml:
    def test_namespaces_go(self) -> None:
        root = read_xml(b'<s:E xmlns:s="urn:x"><s:Row s:id="7"> a </s:Row></s:E>')

        assert root.tag == "E"
        assert xml_text(root, "Row/@id") == "7"
        assert xml_text(root, "Missing", "Row") == "a"

    def test_declared_multi_byte_charset(self) -> None:
        text = '<?xml version="1.0" encoding="GBK"?><a>云溪市</a>'

        assert read_xml(text.encode("gb18030")).text == "云溪市"

    def test_as_tree(self) -> None:
        root = read_xml("<a x='1'><b>t</b><c/><c><d>2</d></c></a>")

        assert as_tree(root) == {"@x": "1", "b": "t", "c": ["", {"d": "2"}]}

    @pytest.mark.parametrize("text", ["<a", "", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(PayloadError):
            read_xml(text)

    def test_body_in_a_form_field(self) -> None:
        payload = f"type=1&logistics={quote('<a><b>1</b></a>')}".encode()

        assert read_body(payload, ["logistics"]) == {"b": "1"}


class TestUnits:
    def test_weights_in_grams(self) -> None:
        assert weight_g("1.2", "KG") == 1200
        assert weight_g(2, "lbs") == 907
        assert weight_g("0", "kg") is None
        assert weight_g("1", "stone") is None
        assert weight_g("nan", "kg") is None
        assert weight_g("1e400", "kg") is None

    def test_points(self) -> None:
        assert read_point("30.5", 120) == (30.5, 120.0)
        assert read_point("0", "0") is None
        assert read_point("91", "0") is None
        assert read_point(None, "x") is None

    def test_countries(self) -> None:
        codes = [country_code(name) for name in ("usa", "GB", "UK", "Germany", "TWN", "", "ZZZ")]

        assert codes == ["US", "GB", "GB", "DE", "TW", None, None]


class TestCollector:
    def test_a_bad_row_loses_no_other(self) -> None:
        def read(row: Any) -> Scan:
            if row == 2:
                raise ScanError("two is no scan")
            return Scan(number=str(row + 0), occurred_at=datetime(2026, 1, 1))

        collector = Collector()
        collector.each([1, 2, "x", 3], "rows", read)
        parsed = collector.parsed()

        assert [scan.number for scan in parsed.scans] == ["1", "3"]
        assert [(unread.where, unread.reason) for unread in parsed.unread] == [
            ("rows[1]", "two is no scan"),
            ("rows[2]", 'TypeError: can only concatenate str (not "int") to str'),
        ]

    def test_a_fault_of_ours_shows(self) -> None:
        def read(row: Any) -> Scan:
            raise NotImplementedError

        with pytest.raises(NotImplementedError):
            Collector().each([1], "rows", read)

    def test_what_should_be_a_list(self) -> None:
        collector = Collector()

        assert collector.rows({"events": "none"}, "x.", "events") == []
        assert collector.parsed().unread[0].where == "x.events"


class TestPromises:
    def test_a_day_is_a_whole_day(self) -> None:
        scan = promise("1", datetime(2026, 1, 1), None, read_when("2026-01-05"))

        assert scan is not None
        assert scan.estimated_from == datetime(2026, 1, 5)
        assert scan.estimated_to == datetime(2026, 1, 5, 23, 59, 59)

    def test_nothing_promised(self) -> None:
        assert promise("1", datetime(2026, 1, 1), None) is None

    def test_the_latest_of_mixed_times(self) -> None:
        aware = read_when("2026-01-05T10:00:00Z")
        assert aware is not None

        assert latest([datetime(2026, 1, 5, 11), aware.at], aware.at) == datetime(2026, 1, 5, 11)
        assert latest([], aware.at) == aware.at
