"""kill -9 at any moment loses nothing that was acknowledged, and doubles nothing."""

from __future__ import annotations

import pytest

from milepost.bench.crash import run

pytestmark = pytest.mark.server


def test_nothing_is_lost_or_doubled_however_often_it_is_killed() -> None:
    figures = run(50, longest_s=0.2, numbers=1_000)

    assert figures.fine, figures
    assert figures.server_kills == 50
    assert figures.database_kills == 5
    assert figures.sent_again > 0, "the kills came at no bad moment at all"


def test_nothing_is_lost_or_doubled_when_one_of_two_engines_is_killed() -> None:
    figures = run(6, longest_s=0.3, numbers=1_000, shards=2)

    assert figures.fine, figures
    assert figures.server_kills == 6
    assert figures.database_kills == 1
