"""The API does what `/v1/openapi.json` says: schemathesis asks, the real server answers."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.specs.openapi.checks import positive_data_acceptance

from journey.serving import free_port
from milepost.cli.keys import create_key
from milepost.settings import Settings
from milepost.wiring import build_app
from patience import PATIENCE_S

pytest_plugins = ["pg"]

# A live stream never ends, so nobody can wait for its answer; tests/journey/test_server.py does.
LIVE = ("/v1/track/{number}/live",)


@pytest.fixture(scope="module")
def site(module_url: str) -> Iterator[str]:
    """The address of a server in a thread."""
    port = free_port()
    app = build_app(Settings(database=module_url, requests_per_s=1e9, burst=10**9))
    config = uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def key(site: str, module_url: str) -> str:
    return asyncio.run(create_key(Settings(database=module_url), "me", "schemathesis"))


@pytest.fixture(scope="module")
def document(site: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx2.get(f"{site}/v1/openapi.json").json()
    return found


def test_the_api_is_what_it_says(
    document: dict[str, Any], site: str, key: str, subtests: pytest.Subtests
) -> None:
    schema = schemathesis.openapi.from_dict(document).exclude(path=list(LIVE))
    for found in schema.get_all_operations():
        operation = found.ok()
        with subtests.test(operation.label):
            ask(operation, site, key)


def ask(operation: Any, site: str, key: str) -> None:
    """Some dozens of calls of one operation, right and wrong ones.

    What fits the schema may still be no tracking number, no cursor or no address: a 422 is fine.
    """

    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def every_answer_is_as_described(case: Any) -> None:
        answer = case.call(base_url=site, headers={"Authorization": f"Bearer {key}"})
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    every_answer_is_as_described()


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    operations = [one for path in document["paths"].values() for one in path.values()]

    assert document["openapi"].startswith("3.1")
    assert len({one["operationId"] for one in operations}) == len(operations) > 8
    for one in operations:
        assert one["summary"]
        assert {"401", "403", "429"} <= set(one["responses"])
