"""One server for all tests of a module; needs `pytest_plugins = ["pg"]` there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journey.compat.serving import Served, served


@pytest.fixture(scope="module")
def server(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on a socket; each test takes an account of its own."""
    data: Path = tmp_path_factory.mktemp("data")
    with served(module_url, data) as started:
        yield started
