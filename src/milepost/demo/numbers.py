"""Invented tracking numbers in the carriers' real forms, with right check digits.

A run of zeros near the front marks them as made up.
"""

from __future__ import annotations

from collections.abc import Callable

from milepost.demo.chance import Chance
from milepost.identify.checksums import Checksum, passes

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_S10 = Checksum(kind="s10")
_MOD7 = Checksum(kind="mod7")
_THREE_ONE = Checksum(kind="mod10", weights=(3, 1))
_ONE_TWO = Checksum(kind="mod10", weights=(1, 2))
_FEDEX = Checksum(kind="weighted", weights=(3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1), moduli=(11, 10))
_DPD = Checksum(kind="mod_37_36")


def make(form: str, chance: Chance) -> str:
    """A number of this form (a key of `FORMS`)."""
    return FORMS[form](chance)


def _checked(serial: str, rule: Checksum, counted: str | None = None) -> str:
    """The serial with its check digit; `counted` is the part that the digit is made of."""
    part = serial if counted is None else counted
    digits = _ALPHABET if rule is _DPD else _ALPHABET[:10]
    return serial + next(char for char in digits if passes(rule, part, char))


def _digits(chance: Chance, count: int) -> str:
    return str(chance.randrange(10**count)).zfill(count)


def _plain(prefix: str, digits: int) -> Callable[[Chance], str]:
    return lambda chance: prefix + _digits(chance, digits)


def _with_check(prefix: str, digits: int, rule: Checksum) -> Callable[[Chance], str]:
    return lambda chance: _checked(prefix + _digits(chance, digits), rule)


def _s10(services: tuple[str, ...], country: str) -> Callable[[Chance], str]:
    def form(chance: Chance) -> str:
        serial = "00" + _digits(chance, 6)
        return chance.choice(services) + _checked(serial, _S10) + country

    return form


def _ups(chance: Chance) -> str:
    body = "000D" + _digits(chance, 2) + "03" + _digits(chance, 7)
    return _checked("1Z" + body, _ONE_TWO, body)


FORMS: dict[str, Callable[[Chance], str]] = {
    "sf": _plain("SF1000", 9),
    "zto": _plain("76000", 9),
    "zto_cold": _plain("7600C", 9),
    "zto_bulky": _plain("7600D", 9),
    "zto_international": _plain("ZT000", 9),
    "yto": _plain("YT8000", 9),
    "yunda": _plain("46000", 10),
    "jt": _plain("JT5000", 9),
    "sto": _plain("773000", 9),
    "jd": _plain("JDX000", 9),
    "jd_bulky": _plain("JDVA000", 8),
    "ups": _ups,
    "usps": _with_check("9400100000", 11, _THREE_ONE),
    "fedex": _with_check("7000", 7, _FEDEX),
    "dhl_express": _with_check("3000", 5, _MOD7),
    "dhl_parcel": _with_check("00340434000", 8, _THREE_ONE),
    "gls": _with_check("5000", 7, _THREE_ONE),
    "dpd": _with_check("15000", 9, _DPD),
    "s10_gb": _s10(("KA", "CA"), "GB"),
    "s10_fr": _s10(("CA", "LA"), "FR"),
    "s10_cn": _s10(("LA", "RA"), "CN"),
    "s10_yp": _s10(("UA", "LA"), "YP"),
    "yunexpress": _plain("YT20000", 11),
    "fourpx": lambda chance: "4PX3000" + _digits(chance, 9) + "CN",
}
