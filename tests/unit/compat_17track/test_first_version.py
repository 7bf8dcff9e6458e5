"""The shapes of /track/v1, with which 17TRACK began."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from milepost.compat.core import Change
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.seventeentrack import first
from milepost.compat.seventeentrack.push import Push
from milepost.compat.seventeentrack.road import STATUSES
from milepost.compat.seventeentrack.shape import Asked, item
from milepost.domain.place import Place
from milepost.domain.status import STATUSES as OURS
from unit.compat_17track.roads import NOW_US, ROAD, track, watch


def shaped() -> dict[str, Any]:
    found = item(Asked.of(watch(), "v1"), track(*ROAD), crosswalk(), NOW_US)
    assert found is not None
    return found


def test_one_letter_names() -> None:
    found = shaped()

    assert set(found) == {"number", "tag", "track"}
    road = found["track"]
    assert (road["e"], road["w1"], road["is1"]) == (30, 3011, 1)
    assert road["b"] == 301
    assert (road["f"], road["yt"], road["z9"]) == (-1, "", [])
    assert set(road["z0"]) == {"a", "b", "c", "d", "z"}
    assert len(road["z1"]) + len(road["z2"]) >= len(ROAD) - 1
    assert road["z0"]["a"] == max(one["a"] for one in road["z1"] + road["z2"])
    assert all(isinstance(road["zex"][name], int) for name in ("dt", "dtS", "dtP", "dtD", "dtL"))


def test_every_state_has_a_number() -> None:
    mains = {STATUSES.code(sub).partition("_")[0] for sub in OURS}

    assert mains <= first._numbers()["state"].keys()


def test_countries_by_their_postal_operator() -> None:
    known = crosswalk()

    assert first.country_of(Place(country="US"), known) == 2105
    assert first.country_of(Place(country="CN"), known) == 301
    assert first.country_of(Place(city="Atlantis"), known) == 0
    assert first.country_of(None, known) == 0


def test_a_webhook_is_signed_in_its_body() -> None:
    one = watch()
    one.options = one.options | {"version": "v1"}
    one.callback, one.secret = "https://shop.example.org/17track", "tok"

    sent = Push().request(one, track(*ROAD), Change(topic="shipment.event_added"), NOW_US)

    assert sent is not None
    said = msgspec.json.decode(sent.body)
    data = sent.body[sent.body.index(b'"data":') + 7 : sent.body.rindex(b',"sign"')]
    assert said["sign"] == sha256(b"TRACKING_UPDATED/" + data + b"/tok").hexdigest()
    assert said["data"]["track"]["z0"]
