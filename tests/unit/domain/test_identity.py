"""Keys and fingerprints are on disk: they are the same for ever."""

from __future__ import annotations

from milepost.domain.event import fingerprint_of, fingerprint_of_text, key_of


def test_keys_of_numbers() -> None:
    assert key_of(1, "YT0000012345678") == 5980768439842603479
    assert key_of(2, "YT0000012345678") == 7815840557837409404


def test_fingerprints_of_contents() -> None:
    assert (
        fingerprint_of("promise", None, 3)
        == fingerprint_of_text("promise\x1f\x1f3")
        == 9097619952423729101
    )
    assert fingerprint_of_text("\ud800") == 7497787021708494914
