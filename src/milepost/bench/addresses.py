"""`milepost bench addresses`: how many addresses are checked in a second on one core."""

from __future__ import annotations

from functools import cache
from random import Random
from time import process_time

import click
import msgspec

from milepost.addresses import Address, check
from milepost.addresses.divisions import Division, city_name_of, divisions, province_of, towns
from milepost.bench.output import Steps, middle, show, steps

_ROUNDS = 3
_ROADS = ("人民路", "解放大道", "中山北路", "建设街", "科技二路", "朝阳巷")
_PEOPLE = ("王小明", "李娜", "张伟", "欧阳雪", "陈晨")
_STREETS = ("Main St", "Oak Ave", "5th Ave", "Maple Dr")
_ABROAD = ("New York, NY 10118", "Springfield, IL 62701", "Austin, TX 78701", "Cupertino, CA 95014")


class AddressFigures(msgspec.Struct, frozen=True):
    """Addresses a second of one core: Chinese ones with name and phone, and American ones.

    The addresses are made up; each is other than all before, in every district of China.
    """

    addresses: int
    addresses_per_s: int
    chinese_per_s: int
    american_per_s: int


@click.command("addresses")
@click.option("--addresses", default=20_000, show_default=True, help="How many are checked.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def addresses_command(addresses: int, as_json: bool) -> None:
    """Check made-up addresses, two thirds of them Chinese, on one core."""
    chance = Random(1)  # noqa: S311 - made-up data, not a secret
    chinese = [_chinese(chance) for _ in range(addresses * 2 // 3)]
    american = [_american(chance) for _ in range(addresses - len(chinese))]
    for one in (chinese[0], american[0]):
        check(one)  # tables are read at first use
    with steps(_ROUNDS * 2) as progress:
        zh, us = _rate(chinese, progress), _rate(american, progress)
    both = addresses / (len(chinese) / zh + len(american) / us)
    show("addresses", AddressFigures(addresses, round(both), round(zh), round(us)), as_json=as_json)


def _rate(addresses: list[Address], progress: Steps) -> float:
    """The middle of three rounds."""
    rates = []
    for number in range(_ROUNDS):
        progress.say(f"{addresses[0].country or 'CN'}, round {number + 1}")
        started = process_time()
        for one in addresses:
            check(one)
        rates.append(len(addresses) / (process_time() - started))
        progress.done()
    return middle(rates, 0)


def _chinese(chance: Random) -> Address:
    districts = _districts()
    district = districts[chance.randrange(len(districts))]
    town = chance.choice(towns().get(district.code, ("",)))
    phone = f"1{chance.choice('35789')}{chance.randrange(10**8, 10**9)}"
    where = "".join((province_of(district).name, city_name_of(district) or "", district.name, town))
    road = f"{chance.choice(_ROADS)}{chance.randrange(1, 2000)}号{chance.randrange(1, 30)}栋"
    return Address(text=f"{chance.choice(_PEOPLE)} {phone} {where}{road}")


@cache
def _districts() -> list[Division]:
    return [one for one in divisions().values() if one.level == 3]


def _american(chance: Random) -> Address:
    street = f"{chance.randrange(1, 99_999)} {chance.choice(_STREETS)}"
    phone = f"+1212{chance.randrange(2_000_000, 9_999_999)}"
    return Address(text=f"{street}, {chance.choice(_ABROAD)}", country="US", phone=phone)
