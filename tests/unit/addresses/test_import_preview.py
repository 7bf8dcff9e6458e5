"""What an import's preview says of addresses. Everybody in it is made up."""

from __future__ import annotations

import json
from pathlib import Path
from time import thread_time

import pytest
from click.testing import CliRunner

from milepost.cli.import_ import import_command
from milepost.engine.addressing import doubt_of
from milepost.engine.personal import Party
from milepost.wiring.tabular.people import consignee_of
from milepost.wiring.tabular.rows import preview, read_items

CSV = """tracking number,recipient,phone,address,city,province,country,zip
SF7700000000111,周婷,13912345679,西湖区保俶路12号,杭州市,浙江省,CN,
SF7700000000129,周婷,12345,西胡区保俶路12号,杭州市,浙江省,CN,
SF7700000000137,Ann Roe,,77 Elm St,Springfield,IL,US,90210
,nobody,,1 Elm St,Springfield,IL,US,62701
"""


def write(folder: Path, text: str, name: str = "orders.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_each_doubtful_row_is_named_with_its_repair(tmp_path: Path) -> None:
    found = preview(write(tmp_path, CSV))
    assert (found.shipments, found.refused, found.doubtful) == (3, 1, 2)
    first, second = found.addresses
    assert (first.row, first.number) == (2, "SF7700000000129")
    assert first.parts == ["district", "phone"]
    assert first.repaired == "浙江省杭州市西湖区保俶路12号"
    assert second.reasons == ["postal_code_not_in_region", "postal_code_not_in_city"]
    assert second.said[0].startswith("The postal code 90210 belongs to California")


def test_the_consignee_is_sent_with_the_shipment_and_never_with_a_scan(tmp_path: Path) -> None:
    items = [item for _, item in read_items(write(tmp_path, CSV)) if isinstance(item, dict)]
    assert items[0]["consignee"]["lines"] == ["西湖区保俶路12号"]
    names, values = "number,time,text,city,phone", "SF7700000000111,2026-11-20T08:00:00,签收"
    scans = f"{names}\n{values},杭州,13912345679\n"
    ((_, one),) = read_items(write(tmp_path, scans))
    assert isinstance(one, dict)
    assert "consignee" not in one


def test_chosen_columns_lose_nobody(tmp_path: Path) -> None:
    text = "my box,收件人,收货地址\nSF7700000000111,周婷,杭州市西湖区保俶路12号\n"
    ((_, one),) = read_items(write(tmp_path, text), {"number": "my box"})
    assert isinstance(one, dict)
    assert one["consignee"] == {"name": "周婷", "lines": ["杭州市西湖区保俶路12号"]}


def test_json_rows_bring_a_consignee_as_the_api_has_it(tmp_path: Path) -> None:
    row = {"number": "SF7700000000111", "consignee": {"city": "Berlin", "country": "DE",
           "lines": ["test"]}}  # fmt: skip
    found = preview(write(tmp_path, json.dumps([row]), "orders.json"))
    assert [one.row for one in found.addresses] == [1]


def test_a_town_alone_tells_of_nobody() -> None:
    assert consignee_of({"number": "1", "city": "Lyon"}) is None
    assert consignee_of({"number": "1", "phone": None, "address": ""}) is None


def test_the_command_shows_them(tmp_path: Path) -> None:
    done = CliRunner().invoke(import_command, [str(write(tmp_path, CSV)), "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "2 doubtful addresses" in done.output
    assert "Perhaps: 浙江省杭州市西湖区保俶路12号" in done.output


@pytest.mark.parametrize("party", [
    Party(), Party(name="周婷"), Party(city="Lyon", country="FR"), Party(country="ZZ"),
    Party(name="周婷", phone="13912345679", city="杭州", country="CN"),
    Party(lines=["12 rue de la Paix"], city="Paris", postal_code="75002", country="FR"),
])  # fmt: skip
def test_what_is_only_short_is_not_doubted(party: Party) -> None:
    assert doubt_of(party) is None


@pytest.mark.parametrize(("party", "part"), [
    (Party(lines=["测试"], city="杭州", country="CN"), "street"),
    (Party(phone="123", city="杭州", country="CN"), "phone"),
    (Party(lines=["77 Elm St"], city="Springfield", region="IL", postal_code="90210",
           country="US"), "postal_code"),
    (Party(lines=["福田区保俶路12号"], city="杭州市", region="浙江省", country="CN"), "district"),
    (Party(lines=["\ufffd\ufffd?? 12"], city="Berlin", country="DE"), "text"),
    (Party(lines=["1 Road"], city="Town", country="Atlantis"), "country"),
])  # fmt: skip
def test_what_is_doubted_is_named_by_its_part(party: Party, part: str) -> None:
    found = doubt_of(party)
    assert found is not None
    assert part in found.parts
    told = str(found)
    assert not any(text in told for text in (*party.lines, party.phone or "\0"))


def test_a_long_file_is_checked_in_little_time(tmp_path: Path) -> None:
    rows = [f"SF77{index:09d},周婷,13912345679,西湖区保俶路{index}号,杭州市,浙江省,CN,"
            for index in range(2_000)]  # fmt: skip
    file = write(tmp_path, "\n".join([CSV.splitlines()[0], *rows]))
    began = thread_time()
    assert preview(file).shipments == 2_000
    assert thread_time() - began < 5
