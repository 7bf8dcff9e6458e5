"""Channels are found by their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from milepost.channels import discovery
from milepost.channels.discovery import Options, channels, faults, manifest, packages


def test_every_own_channel_is_whole() -> None:
    assert list(faults()) == []
    assert "webhook" in channels(Options())
    for _, package in packages():
        assert manifest(package).title


def test_a_broken_channel_is_reported_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pigeon_channel"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "manifest.toml").write_text('title = "Pigeon"\n')
    monkeypatch.syspath_prepend(tmp_path)
    found = [*packages(), ("pigeon", "pigeon_channel")]
    monkeypatch.setattr(discovery, "packages", lambda: iter(found))
    assert "pigeon" not in channels(Options())
    (fault,) = faults()
    assert fault.startswith("channels/pigeon")
