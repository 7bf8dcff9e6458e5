"""Bringing place text to one form: the keys of the gazetteer and the pieces of a place string."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

# Traditional forms that occur in place names; keys hold the simplified one.
_TRADITIONAL = (
    "東廣灣臺門縣區國島龍陽陰濟寧蘇無錫鎮錦漢鄭長慶貴莊蘭雲潯楊關賓遼廈蕪馬銅滬贛瓊滿爾齊麗華衛達維納羅馮鳳來內紐約倫蘋亞歐羣蘿蔔義烏順薩黃榮頭興縉紹煙濱滄邊壯譚連雞"
    "鶴葉徹蓋營盤場圍戶萊萬豐樂會寶豔鹽雙鐵嶺衝劍聖諾漁業報聯緬絲賴賽盧喬奧紀蓮機際轉運鄉濤鄧淺畢節県広浜沢澤関戸岡倉黒師貝費諸愛橋紅開溫橫鵝堅裡裏吳張陝肅隴膠歷麥魯"
    "閩漿崗岀幾韓頓熱馳銀錢鋼處訊遞車後樹畫燒涇滙匯奮園圓陸隨棗綿瀘瀏贊鄰鷹墊勞遙薦灤潁嵗渦縱溝塗軍農壽號鵬飛嘯據遷揚鎭邁劉孫陳趙許鍾鐘檢晉濰鄲嶽務發臨徑當塊滾贈棲"
)
_SIMPLIFIED = (
    "东广湾台门县区国岛龙阳阴济宁苏无锡镇锦汉郑长庆贵庄兰云浔杨关宾辽厦芜马铜沪赣琼满尔齐丽华卫达维纳罗冯凤来内纽约伦苹亚欧群萝卜义乌顺萨黄荣头兴缙绍烟滨沧边壮谭连鸡"
    "鹤叶彻盖营盘场围户莱万丰乐会宝艳盐双铁岭冲剑圣诺渔业报联缅丝赖赛卢乔奥纪莲机际转运乡涛邓浅毕节县广滨泽泽关户冈仓黑师贝费诸爱桥红开温横鹅坚里里吴张陕肃陇胶历麦鲁"
    "闽浆岗出几韩顿热驰银钱钢处讯递车后树画烧泾汇汇奋园圆陆随枣绵泸浏赞邻鹰垫劳遥荐滦颍岁涡纵沟涂军农寿号鹏飞啸据迁扬镇迈刘孙陈赵许钟钟检晋潍郸岳务发临径当块滚赠栖"
)
_FOLD = str.maketrans(
    {
        **dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)),
        **dict(zip("øłđæœıðþ", ("o", "l", "d", "ae", "oe", "i", "d", "th"), strict=True)),
        **dict.fromkeys("'’‘ʻ`´ʼ", ""),
    }
)
_ACCENT = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[^\w\u0e00-\u0e7f]+|_+")
_ABBREVIATED = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_BREAK = re.compile(
    r"[,;/|()\[\]{}<>【】（）「」『』、，；。:：\n\r\t]+|\s[-–—]+\s|(?<=\w)[-–—]+\s|\s[-–—]+(?=\w)"
)
_HAN = re.compile("[\u3400-\u9fff\u3040-\u30ff]")


def fold(text: str) -> str:
    """The text without case, accents, apostrophes, width or Chinese script variants."""
    if text.isascii():
        return text.lower().translate(_FOLD) if "'" in text or "`" in text else text.lower()
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain).translate(_FOLD)


def words_of(text: str) -> list[str]:
    """The folded words of a text; hyphens and other marks part words."""
    return _NOT_WORD.sub(" ", fold(text)).split()


def key_of_words(words: tuple[str, ...] | list[str]) -> str:
    """The gazetteer's key of some words. A leading "St" is "Saint" but a last one may be a code."""
    if len(words) < 2:
        return "".join(words)
    head = [_ABBREVIATED.get(word, word) for word in words[:-1]]
    return " ".join([*head, words[-1]])


@lru_cache(maxsize=4096)
def key_of(text: str) -> str:
    """The gazetteer's key of a name."""
    return key_of_words(words_of(text))


def has_han(text: str) -> bool:
    """Whether names must be sought inside the text: Chinese and Japanese part no words."""
    return _HAN.search(text) is not None


class Segment(Struct, frozen=True):
    """A stretch between commas, brackets or spaced dashes: folded `words`, and `codes`, the same
    words where they were written in capitals ("" elsewhere).
    """

    words: tuple[str, ...]
    codes: tuple[str, ...]


def segments_of(text: str) -> list[Segment]:
    """The segments of a place string, empty ones left out."""
    return [made for part in _BREAK.split(text) if (made := _segment(part)) is not None]


def _segment(part: str) -> Segment | None:
    words: list[str] = []
    codes: list[str] = []
    for raw in re.split(r"[\s\-–—.&+*#]+", part):
        folded = words_of(raw)
        words += folded
        is_code = len(folded) == 1 and raw.isupper()
        codes += [folded[0] if is_code else ""] * len(folded)
    return Segment(tuple(words), tuple(codes)) if words else None
