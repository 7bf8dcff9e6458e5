"""What follows the divisions of a Chinese address: zone, town, road with number, and the rest."""

from __future__ import annotations

import re

from msgspec import Struct

_EDGE = " ,，、;；-—_.。"
_ZONE = re.compile(
    r"[\u4e00-\u9fff]{0,8}?(?:高新技术产业开发区|经济技术开发区|高新技术开发区|经济开发区|高新区|经开区|工业园区|保税区|"
    r"自贸区|旅游度假区|度假区|示范区|管理区|政务(?:文化新)?区|风景名胜区|开发区|新区)"
)
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:街道(?:办事处)?|苏木|镇(?![江海宁])|乡(?![里间]))")
_ROAD = re.compile(
    r"(?P<road>[^\d,，;。()（）#]{1,16}(?:大道|大街|胡同|路|街|巷|弄|道|(?:里|线|径|坊)(?=\d))"
    r"(?:[东西南北中一二三四五六七八九十]段|[东西南北中](?=\d))?)"
    r"\s*(?P<number>(?:第?\d+(?:[-－之~]\d+)*\s*(?:号(?!楼)|弄|巷)(?:院|大院)?(?:\d+号(?!楼))?)|\d+(?:-\d+)*(?=\D|$)(?!\s*[层楼栋幢座室元]))?"
)
_BUILDING = re.compile(
    r"号|栋|楼|室|幢|座|单元|村|组|屯|庄|大厦|小区|苑|园|城|广场|店|学|院|厂|公司|花园|公寓|站|中心|宿舍|酒店|柜|"
    r"社区|家属|机场|码头|基地|大队|连|里|湾|府|邸|庭|轩|阁|行|局|所|馆|部|市场|超市|港|坊|寺|庙"
)
_NUMBERED = re.compile(r"\d|[一二三四五六七八九十百]+[号栋楼室幢座组队]")


class Tail(Struct, frozen=True):
    """Each part as written, None where there is none."""

    zone: str | None
    town: str | None
    street: str | None
    rest: str | None

    @property
    def has_place(self) -> bool:
        """Whether it names something that a courier can walk to."""
        return bool(
            self.street or (self.rest and (_BUILDING.search(self.rest) or has_number(self.rest)))
        )

    @property
    def is_numbered(self) -> bool:
        """Whether a number or a building says where on the street."""
        if self.street and has_number(self.street):
            return True
        rest = (self.rest or "").strip("号栋楼室")
        return bool(rest and (has_number(rest) or _BUILDING.search(rest)))


def has_number(text: str) -> bool:
    return _NUMBERED.search(text) is not None


def cut_zone(text: str) -> tuple[str | None, str]:
    """The development zone at the beginning, and what follows it."""
    text = text.strip(_EDGE)
    found = _ZONE.match(text)
    return (found[0], text[found.end() :].strip(_EDGE)) if found else (None, text)


def split_tail(text: str, towns: tuple[str, ...], zone: str | None = None) -> Tail:
    """`towns`: those of the district (or city) that is known; `zone`: what was cut before."""
    town, text = _town(text.strip(_EDGE), towns)
    street, text = _street(text)
    return Tail(zone, town, street, text.strip(_EDGE) or None)


def _town(text: str, towns: tuple[str, ...]) -> tuple[str | None, str]:
    known = max((one for one in towns if text.startswith(one)), key=len, default=None)
    if known is not None:
        return known, text[len(known) :].strip(_EDGE)
    if found := _TOWN.match(text):
        return found[0].removesuffix("办事处"), text[found.end() :].strip(_EDGE)
    return None, text


def _street(text: str) -> tuple[str | None, str]:
    found = _ROAD.match(text)
    if found is None:
        return None, text
    end = found.end("number") if found["number"] else found.end("road")
    return text[:end].strip(_EDGE), text[end:]
