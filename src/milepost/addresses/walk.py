"""Reading the divisions at the head of a Chinese address, and making sense of them together.

Names are read one after the other, the longest first. What each of them means is then decided
jointly: the reading in which most names agree wins; a name that fits nowhere is named as wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from milepost.addresses.alike import alike
from milepost.addresses.divisions import Division, by_first, children, divisions, former, names

_SKIP = re.compile(
    r"(?:[\s,，、;；/·>|.。\-_:：]|中华人民共和国|中国(?!银行|移动|电信|联通|建设|石)|市辖区|china|cn(?![a-z]))*",
    re.IGNORECASE,
)
_STREET_NEXT = re.compile(
    r"(?:[东西南北中一二三四五六七八九十\d]{0,2}(?:大?街(?!道)|大?路|大道|道|巷|胡同|弄|桥|门|站)|"
    r"(?:新?村|镇|乡|街道|广场|大厦|花园|小区|公园|国际|宾馆|酒店|高速|大学|学院|医院|银行|公馆|家园|苑|楼|坊|城|府|公司|商|店))"
)
_WORD = re.compile(
    r"([\u4e00-\u9fff]{1,8}?)(特别行政区|自治区|自治州|自治县|地区|省|市|区|县|旗|盟)"
)
_NO_DISTRICT = re.compile(
    r"(?:小|园|社|新|校|厂|山|开发|政务|工业|高新|经开|保税|景|住宅|生活|营|院|家属|宿舍|基地|[A-Za-z\d])$"
)
_MOST = 7
_BEAM = 12
_WRONG_SUFFIX = "省市区县"
_BY_SOUND = {"去": 3, "是": 2}


class Token(Struct, frozen=True):
    """A name as it was written. `kind`: full, short, former, alike (a look-alike)."""

    text: str
    start: int
    end: int
    kind: str
    means: tuple[Division, ...]


class Reading(Struct, frozen=True):
    """`chosen` are the divisions that tokens were read as (same order as `taken`)."""

    score: int = 0
    end: int = 0
    taken: tuple[Token, ...] = ()
    chosen: tuple[Division, ...] = ()
    rejected: tuple[Token, ...] = ()
    stopped: bool = False

    @property
    def deepest(self) -> Division | None:
        return max(self.chosen, key=lambda one: one.level, default=None)


def tokens_at(text: str, start: int = 0) -> list[Token]:
    """The names of divisions that follow each other from there on."""
    found: list[Token] = []
    at = _skip(text, start)
    while len(found) < _MOST and (token := _token(text, at)) is not None:
        found.append(token)
        at = _skip(text, token.end)
    return found


def _skip(text: str, at: int) -> int:
    found = _SKIP.match(text, at)
    return found.end() if found else at


def _token(text: str, at: int) -> Token | None:
    for length in by_first().get(text[at : at + 1], ()):
        name = text[at : at + length]
        if len(name) < length:
            continue
        if (token := _named(text, at, name)) is not None:
            return token
    return None


def _named(text: str, at: int, name: str) -> Token | None:
    end = at + len(name)
    known = names().get(name, ())
    if full := tuple(one for one, whole in known if whole):
        # "城关区" may be a district here and "朝阳" of "朝阳市" a city: both readings stay open
        return Token(name, at, end, "full", full)
    if gone := former().get(name):
        return Token(name, at, end, "former", tuple(heir for _, heir in gone))
    if known and (not _STREET_NEXT.match(text, end) or _goes_on(text, end, known)):
        means = tuple(one for one, _ in known)
        if end < len(text) and _wrong_suffix(text[end], known):
            # "昆山县" for 昆山市; but "南山社区" or "南山区" never come here
            return Token(text[at : end + 1], at, end + 1, "alike", means)
        return Token(name, at, end, "short", means)
    return None


def _wrong_suffix(char: str, known: tuple[tuple[Division, bool], ...]) -> bool:
    """ "去" is typed for 区, and "是" for 市, by those who type by sound."""
    level = _BY_SOUND.get(char)
    return char in _WRONG_SUFFIX or any(one.level == level for one, _ in known)


def _goes_on(text: str, at: int, above: tuple[tuple[Division, bool], ...]) -> bool:
    """Whether what looks like a street is a division below: "唐山路南区", "拉萨城关区"."""
    return any(
        one.code.startswith(parent.code) and one.code != parent.code
        for length in by_first().get(text[at : at + 1], ())
        for one, _ in names().get(text[at : at + length], ())
        for parent, _ in above
    )


def word_at(text: str, start: int, above: Division | None) -> Token | None:
    """A word with a division's suffix that is none: its look-alikes below `above`, maybe none."""
    at = _skip(text, start)
    found = _WORD.match(text, at)
    if found is None or _NO_DISTRICT.search(found[1]) or len(found[0]) < 3:
        return None
    return Token(found[0], at, found.end(), "alike", alike(found[0], _below(above)))


def _below(above: Division | None) -> Iterable[Division]:
    if above is None:
        return [one for one in divisions().values() if one.level < 3]
    if above.level == 1:
        return [one for one in divisions().values() if one.code[:2] == above.code]
    return children(above.code) if above.level == 2 else ()


def readings(tokens: list[Token]) -> list[Reading]:
    """Ways to read the tokens together, the best first."""
    return _readings(tuple(tokens))


@lru_cache(maxsize=16_384)
def _readings(tokens: tuple[Token, ...]) -> list[Reading]:
    beam = [Reading()]
    for token in tokens:
        beam = sorted(
            (more for one in beam for more in _read(one, token)),
            key=lambda one: -one.score,
        )[:_BEAM]
    return beam


_WORTH = {"full": 4, "short": 3, "former": 3, "alike": 2}


def _read(one: Reading, token: Token) -> list[Reading]:
    if one.stopped:
        return [one]
    found = [_take(one, token, meant) for meant in token.means if _fits(one, token, meant)]
    if token.kind == "short":
        return [*found, Reading(one.score, one.end, one.taken, one.chosen, one.rejected, True)]
    rejected = (*one.rejected, token)
    if not token.means:  # a word that only looks like a division says nothing against the others
        return [Reading(one.score - 1, token.end, one.taken, one.chosen, rejected)]
    # Equal failures: what stands first is kept, but a city is believed rather than a province.
    cost = 5 if min((meant.level for meant in token.means), default=3) == 1 else 6
    return [*found, Reading(one.score - cost, token.end, one.taken, one.chosen, rejected)]


def _fits(one: Reading, token: Token, meant: Division) -> bool:
    if not one.chosen and token.kind == "short" and meant.level == 3:
        return len(token.means) == 1
    return all(_related(meant, other) for other in one.chosen)


def _related(one: Division, other: Division) -> bool:
    return one.code.startswith(other.code) or other.code.startswith(one.code)


def _take(one: Reading, token: Token, meant: Division) -> Reading:
    # A short name directly before its own full one ("北京北京市") says nothing new.
    worth = 1 if meant in one.chosen else _WORTH[token.kind]
    return Reading(
        one.score + worth,
        token.end,
        (*one.taken, token),
        (*one.chosen, meant),
        one.rejected,
    )
