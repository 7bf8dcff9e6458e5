"""A real PostgreSQL for tests: one embedded server a session, a fresh database for each test.

Use it with `pytest_plugins = ["pg"]` in the test module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from milepost.stores.postgres.embedded import Embedded
from milepost.stores.postgres.migrate import migrate


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server that lives as long as the session."""
    # Not below pytest's own folder: each start of pytest shuts all others out of that, and as root
    # the server runs as somebody else.
    folder = Path(mkdtemp(prefix="milepost-test-"))
    server = Embedded(folder / "data")
    yield server.ensure()
    server.stop()
    rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_execute(postgres, f"CREATE DATABASE {name}"))
    yield urlsplit(postgres)._replace(path=f"/{name}").geturl()
    asyncio.run(_execute(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a database with our schema and without rows."""
    name = "milepost_template"
    asyncio.run(_execute(postgres, f"CREATE DATABASE {name}"))
    asyncio.run(_migrate(urlsplit(postgres)._replace(path=f"/{name}").geturl()))
    return name


@contextmanager
def fresh(postgres: str, template: str) -> Iterator[str]:
    """The URL of a database with our schema. Its commits do not wait for the disk: what is left
    of them after a crash is what tests/journey/test_crash.py is for.
    """
    name = f"test_{uuid4().hex}"
    make = f"CREATE DATABASE {name} TEMPLATE {template}"
    asyncio.run(_execute(postgres, make, f"ALTER DATABASE {name} SET synchronous_commit = off"))
    yield urlsplit(postgres)._replace(path=f"/{name}").geturl()
    asyncio.run(_execute(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def store_url(postgres: str, template: str) -> Iterator[str]:
    """A database with our schema for one test."""
    with fresh(postgres, template) as url:
        yield url


@pytest.fixture(scope="module")
def module_url(postgres: str, template: str) -> Iterator[str]:
    """A database with our schema for all tests of a module."""
    with fresh(postgres, template) as url:
        yield url


async def _migrate(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await migrate(connection)
    finally:
        await connection.close()


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for sql in statements:
            await connection.execute(sql)
    finally:
        await connection.close()
