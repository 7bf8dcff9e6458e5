"""What one vendor's API answers, imported as a file: the same road is here."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from journey.compat.serving import Served
from milepost.cli.import_ import import_command

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
NUMBER = "94001888777766665500"


def test_trackers_saved_as_json(server: Served, tmp_path: Path) -> None:
    old, new = server.account("easypost"), server.account("easypost")
    old.scan({"number": NUMBER, "carrier": "usps", "code": "in_transit.arrived_hub",
              "occurred_at": "2026-11-02T09:00:00-06:00", "text": "Arrived at hub",
              "place": {"city": "Chicago", "region": "IL", "country": "US"}})  # fmt: skip
    headers = {"Authorization": f"Bearer {old.fields['api_key']}"}
    url = f"{server.url}/v2/trackers"
    httpx2.post(url, content=b'{"tracking_code": "%s"}' % NUMBER.encode(), headers=headers)
    file = tmp_path / "trackers.json"
    file.write_bytes(httpx2.get(url, headers=headers).content)

    options = [str(file), "--url", server.url, "--key", new.key]
    first = CliRunner().invoke(import_command, options)
    again = CliRunner().invoke(import_command, options)
    shown = CliRunner().invoke(import_command, [str(file), "--dry-run"])

    assert "1 scans, 0 duplicates, 1 shipments" in first.output, first.output
    assert "0 scans, 1 duplicates, 1 shipments" in again.output, again.output
    assert "read as: easypost, answers of its API" in shown.output
    track = httpx2.get(
        f"{server.url}/v1/track/{NUMBER}", headers={"Authorization": f"Bearer {new.key}"}
    ).json()
    assert (track["status"]["sub"], track["carrier"]) == ("in_transit.arrived_hub", "usps")
