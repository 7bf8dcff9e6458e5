"""One application for all tests of a module; needs `pytest_plugins = ["pg"]` there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journey.running import NOW, Caller, Running, running


@pytest.fixture(scope="module")
def app(module_url: str) -> Iterator[Running]:
    """The application; each test takes a tenant of its own."""
    with running(module_url) as started:
        yield started


@pytest.fixture
def me(app: Running) -> Caller:
    """A tenant that nobody else uses."""
    app.clock.now = NOW
    return app.caller()
