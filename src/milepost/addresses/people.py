"""Name, phone and postal code that stand in the same text as a Chinese address."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from msgspec import Struct

_PHONE = re.compile(
    r"(?<![\d-])(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d-])"
    r"|(?<![\d-])\(?0\d{2,3}\)?[- ]?\d{7,8}(?:(?:-|转|ext\.?)\d{1,5})?(?!\d)"
    r"|(?<![\d-])[48]00[- ]?\d{3,4}[- ]?\d{3,4}(?!\d)"
    r"|(?<![\d#-])1\d{9,11}(?![\d号室栋楼座幢弄单户房-])"  # a digit too few or too many
    r"|\+(?!86)\d{1,3}[- ]?\d[\d -]{5,13}\d"
)
_LABELLED_PHONE = re.compile(
    r"(?:电话|手机号?|联系方式|联系电话|手机号码|tel|phone)\s*[:：]?\s*([\d+][\d -]{3,16}\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:收货地址|收件地址|详细地址|所在地区|地址|联系电话|手机号码|手机号|手机|电话|联系方式|邮政编码|邮编|tel|phone|address)\s*[:：]\s*"
    r"|(?:联系电话|手机号码|手机号|手机|电话|联系方式)(?=\s|$)",
    re.IGNORECASE,
)
_NAME_LABEL = re.compile(
    r"(?:收货人|收件人|联系人|姓名|客户|name)\s*[:：]\s*([^\s,，;；、:：\d]{2,20})", re.IGNORECASE
)
_POSTAL = re.compile(
    r"(?:邮政编码|邮编)\s*[:：]?\s*(\d{6})(?!\d)|(?<![\d#-])([0-8]\d{5})(?![\d号室栋楼座幢弄单户房-])"
)
_BREAKS = re.compile(r"[\s,，;；、|]+")
_TITLE = re.compile(r"(?:先生|女士|小姐|老师|同学|经理|总|收|\(收\)|（收）)+$")
_GLUED = re.compile(
    r"(?<=[号室楼栋层座幢房店元户内口旁边处])([\u4e00-\u9fff]{2,4}?(?:先生|女士|小姐)?(?:\(收\)|收)?)$"
)
_PLACE_WORD = re.compile(
    r"[省市区县镇乡村路街道巷弄号楼栋室座园苑城店厂校院站厦座幢层组屯庄里湾桥]$"
)


class Contact(Struct, frozen=True):
    """What was taken out of a text, and what is left of it."""

    rest: str
    name: str | None
    phone: str | None
    postal_code: str | None


@cache
def _surnames() -> frozenset[str]:
    return frozenset((files(__package__) / "data" / "surnames.txt").read_text("utf-8").split())


def is_person(text: str) -> bool:
    """Whether it may be a Chinese person's name: a surname and one or two characters more."""
    bare = _TITLE.sub("", text)
    if not 1 < len(bare) < 5 or not all("\u4e00" <= char <= "\u9fff" for char in bare):
        return len(bare) == 1 and bare != text and bare in _surnames()
    if bare[:2] in _surnames():
        return 2 < len(bare) < 5
    return bare[0] in _surnames() and len(bare) < 4


def take_contact(text: str, is_place: Callable[[str], bool]) -> Contact:
    """Split a cleaned text. `is_place(chunk)` says whether a chunk is the name of a place."""
    phone = name = None
    if labelled := _NAME_LABEL.search(text):
        name = labelled[1]
        text = text[: labelled.start()] + " " + text[labelled.end() :]
    if found := _PHONE.search(text):
        phone = found[0]
        before, after = text[: found.start()], text[found.end() :]
        glued = None if name or after.strip() else _GLUED.search(before.rstrip())
        if glued is not None and is_person(glued[1]):
            name, before = _bare(glued[1]), before.rstrip()[: glued.start()]
        text = f"{before} {after}"
    elif found := _LABELLED_PHONE.search(text):
        phone, text = found[1], text[: found.start()] + " " + text[found.end() :]
    postal = _POSTAL.search(text)
    if postal:
        text = f"{text[: postal.start()]} {text[postal.end() :]}"
    text = _LABEL.sub(" ", text).strip(" ,，;；、")
    if name is None:
        name, text = _take_name(text, is_place)
    return Contact(text, name, phone, (postal[1] or postal[2]) if postal else None)


def _take_name(text: str, is_place: Callable[[str], bool]) -> tuple[str | None, str]:
    """The first or last chunk, where it is a person's name and no place."""
    chunks = [chunk for chunk in _BREAKS.split(text) if chunk]
    if len(chunks) < 2:
        return None, text
    for at in (0, -1):
        chunk = chunks[at]
        known = is_place(chunk)
        if is_person(chunk) and not known and not _PLACE_WORD.search(chunk):
            start = text.find(chunk) if at == 0 else text.rfind(chunk)
            left = text[:start] + " " + text[start + len(chunk) :]
            return _bare(chunk), left.strip(" ,，;；、")
    return None, text


def _bare(name: str) -> str:
    """Without "(收)"; titles stay, they are how the courier will call."""
    return re.sub(r"(?:\(收\)|（收）|收)$", "", name)
