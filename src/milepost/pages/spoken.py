"""What people say or write out when they read a number aloud, as the number itself.

The same reading as `frontend/src/spoken.ts`, from the same table, for readers without script.
"""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files
from itertools import takewhile
from typing import Any

_TABLE: dict[str, Any] = json.loads((files(__package__) / "spoken.json").read_text("utf-8"))
_WORDS: dict[str, str] = _TABLE["words"]
_TENS: dict[str, str] = _TABLE["tens"]
_TIMES: dict[str, int] = _TABLE["times"]
_HAN: dict[str, str] = _TABLE["han"]
_HAN_TIMES: dict[str, int] = _TABLE["han_times"]
_FILLERS = frozenset(_TABLE["fillers"])
_LETTERS = frozenset(_TABLE["letters"])
_CORRECTIONS = frozenset(_TABLE["corrections"])
_BREAK, _TAKEN_BACK = "", "<"
_DIGITS = "一二三四五六七八九"
_OF_TEN = re.compile(f"([{_DIGITS}]?)十([{_DIGITS}]?)")
_OF_HUNDREDS = re.compile(
    f"(?=[{_DIGITS}两兩][千百])(?:([{_DIGITS}两兩])千)?(?:零?([{_DIGITS}两兩])百)?"
    f"(?:零?([{_DIGITS}]?)十([{_DIGITS}]?)|零([{_DIGITS}]))?"
)
_TIMES_HAN = re.compile(f"([{''.join(_HAN_TIMES)}])([个個]?)([{''.join(_HAN)}])")
_JOINED = re.compile(r"(?<=[a-z0-9])[-–](?=[a-z0-9])")
_NAMED: dict[str, str] = _TABLE["han_letters"]
_ENDING: str = _TABLE["han_carriers"]
_UNITS = "|".join(word for word, sign in _WORDS.items() if sign in "123456789" and len(word) > 2)
_TEENS = "|".join(word for word, sign in _WORDS.items() if re.fullmatch("1[0-9]", sign))
_BELOW = f"{_TEENS}|{'|'.join(_TENS)}"
_HUNDRED_AND = re.compile(
    rf"hundred (?=and|{_BELOW})(?:and )?({_UNITS}|{_BELOW})\b(?: ({_UNITS})\b)?"
)
_SPELT = re.compile(r"\b([a-z]) (?:as in|for|like) \1[a-z]+")
_BETWEEN = re.compile(r"[\s,.;:!?、，。；：！？]+")
_WRITTEN = re.compile(r"[0-9]{4}")
_FEWEST_SIGNS, _FEWEST_DIGITS, _LONGEST = 6, 4, 400


def in_words(text: str) -> str:
    """The number that a text without one in figures says in words; empty where there is none."""
    plain = unicodedata.normalize("NFKC", text)
    return "" if _WRITTEN.search(plain) or len(plain) > _LONGEST else spoken(plain)


def spoken(sentence: str) -> str:
    """The number in a spoken sentence, of six signs and four digits at least; else empty."""
    best = max(_heard(sentence), key=len)
    digits = sum(sign.isdigit() for sign in best)
    return best if len(best) >= _FEWEST_SIGNS and digits >= _FEWEST_DIGITS else ""


def _heard(sentence: str) -> list[str]:
    """The stretches of signs; a word that is none parts them, a correction takes back."""
    runs: list[list[str]] = [[]]
    pieces = _pieces(_tokens(sentence))
    for at, piece in enumerate(pieces):
        if piece == _BREAK:
            runs.append([])
        elif piece == _TAKEN_BACK:
            del runs[-1][_kept(runs[-1], _stretch(pieces[at + 1 :])) :]
        else:
            runs[-1].append(piece)
    return ["".join(run) for run in runs]


def _stretch(pieces: list[str]) -> list[str]:
    """The signs up to the next break or correction."""
    return list(takewhile(lambda piece: piece not in (_BREAK, _TAKEN_BACK), pieces))


def _kept(said: list[str], again: list[str]) -> int:
    """How many pieces stay when `again` follows a correction: a group may be said anew from its
    beginning ("one three eight, no, one three nine"), else the last piece was wrong.
    """
    if not again:
        return len(said)
    last = len(said) - 1
    anew = (at for at in range(last - 1) if said[at:last] == again[: last - at])
    return next(anew, max(last, 0))


def _pieces(words: list[str]) -> list[str]:
    """What is said at once, with breaks and corrections between."""
    pieces: list[str] = []
    times, at = 1, 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        at += 1
        if _TIMES.get(word) == 2 and following in ("u", "you"):
            pieces.append("W")
            at += 1
            continue
        if word in _TIMES:
            times = _TIMES[word]
            continue
        signs = _TENS[word] + _unit(following) if word in _TENS else _signs(word)
        at += word in _TENS and _unit(following) != "0"
        if signs:
            pieces.append(signs * times)
        elif word in _CORRECTIONS:
            pieces.append(_TAKEN_BACK)
        elif not pieces or pieces[-1] != _TAKEN_BACK:
            pieces.append(_BREAK)
        times = 1
    return pieces


def _unit(word: str) -> str:
    """The single digit that follows "twenty", else 0."""
    signs = _WORDS.get(word, "")
    return signs if len(signs) == 1 and signs in "123456789" else "0"


def _signs(word: str) -> str:
    if word in _WORDS:
        return _WORDS[word]
    if re.fullmatch(r"[a-z]", word) or word in _LETTERS:
        return word.upper()
    return word.upper() if re.fullmatch(r"(?=.*\d)[a-z0-9]+", word, re.ASCII) else ""


def _tokens(sentence: str) -> list[str]:
    text = unicodedata.normalize("NFKC", sentence).lower()
    for name, signs in _NAMED.items():
        text = _as_letters(text, name, signs.lower())
    for filler in _TABLE["fillers"]:
        text = text if filler.isascii() else text.replace(filler, " ")
    for phrase in _TABLE["corrections"]:
        text = text if phrase.isascii() and phrase.isalpha() else text.replace(phrase, " no ")
    text = _OF_HUNDREDS.sub(_of_hundreds, _SPELT.sub(r"\1", text))
    text = _OF_TEN.sub(lambda ten: f" {_HAN.get(ten[1], '1')}{_HAN.get(ten[2], '0')} ", text)
    text = _TIMES_HAN.sub(_repeated, text)
    text = "".join(f" {_HAN[sign]} " if sign in _HAN else sign for sign in text)
    text = _HUNDRED_AND.sub(_below_a_hundred, text)
    text = _JOINED.sub(" ", re.sub(r"x[- ]ray", "xray", text))
    return [word for word in _BETWEEN.split(text) if word and word not in _FILLERS]


def _as_letters(text: str, name: str, signs: str) -> str:
    """A carrier's name as the letters it leads to; who says both means them once."""
    said = r"\s*".join(signs)
    text = re.sub(rf"{name}{_ENDING}[\s,，:：是的单單号號]*(?={said})", " ", text)
    return re.sub(name + _ENDING, f" {signs} ", text)


def _of_hundreds(found: re.Match[str]) -> str:
    """`一百二十三` is 123, `两千零五` is 2005."""
    digits = [_HAN.get(one or "", "0") for one in found.groups()]
    thousands, hundreds, tens, ones, after_nought = digits
    tens = "1" if tens == "0" and "十" in found[0] else tens
    return f" {int(thousands + hundreds + tens + max(ones, after_nought))} "


def _below_a_hundred(found: re.Match[str]) -> str:
    """`one hundred and three` is 103: what follows "and" takes the places of the noughts."""
    first, second = found[1], found[2] or ""
    if first in _TENS:
        return _TENS[first] + _unit(second)
    return f"{_WORDS[first]:0>2} {second}"


def _repeated(found: re.Match[str]) -> str:
    """`三个八` is 888, `双八` is 88, and `三八` is 38."""
    many = found[2] or found[1] in "双雙"
    return f" {_HAN[found[3]] * _HAN_TIMES[found[1]]} " if many else found[0]
