"""XML as aggregators had it before JSON."""

from __future__ import annotations

import pytest

from milepost.compat.core import xml


def test_there_and_back() -> None:
    text = (
        '\ufeff<?xml version="1.0" encoding="gbk" ?><Content><OrderCode></OrderCode>'
        "<ShipperCode>YTO</ShipperCode><Sender><CityName>深圳 &lt;1&gt;</CityName></Sender>"
        "</Content>"
    )

    assert xml.is_xml(text)
    assert xml.read(text) == {
        "OrderCode": "", "ShipperCode": "YTO", "Sender": {"CityName": "深圳 <1>"},
    }  # fmt: skip


def test_lists_stand_alone_or_in_their_own_element() -> None:
    value = {"Success": True, "Reason": None, "Traces": [{"A": "a<b\x01"}, {"A": 2}], "X": [1, 2]}

    assert xml.written("Content", value, {"Traces": "Trace"}) == (
        '<?xml version="1.0" encoding="UTF-8"?><Content><Success>true</Success><Reason></Reason>'
        "<Traces><Trace><A>a&lt;b </A></Trace><Trace><A>2</A></Trace></Traces>"
        "<X>1</X><X>2</X></Content>"
    )


@pytest.mark.parametrize(
    "text",
    ["<a", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<a></a><b/>", "<a>" * 99, "<?xml?>", "<"],
)
def test_what_is_not_taken(text: str) -> None:
    with pytest.raises(xml.NotXmlError):
        xml.read(text)
