"""Topics and settings of MQTT."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.intake.mqtt.options import options_of
from milepost.intake.mqtt.topics import Topic, filters, parsed, text

names = st.text(min_size=1, max_size=20).filter(lambda one: one < "\ud800" or one > "\udfff")


@given(st.builds(Topic, names, names, names, st.sampled_from(["scans", "samples"])))
def test_a_topic_names_whom_it_named(topic: Topic) -> None:
    try:
        said = text(topic)
    except UnicodeEncodeError:
        return
    assert parsed(said) == topic
    assert said.count("/") == 4
    assert not set("+#") & set(said)


def test_other_topics_are_not_ours() -> None:
    for one in ("milepost/a/b/c/d", "milepost/a/b/scans", "x/a/b/c/scans", "milepost//b/c/scans"):
        assert parsed(one) is None


def test_a_group_shares() -> None:
    assert filters(None)[0] == "milepost/+/+/+/scans"
    assert filters("g")[0] == "$share/g/milepost/+/+/+/scans"


def test_where_the_broker_is() -> None:
    one = options_of("mqtt://u%40x:p%2F1@broker", identifier="m-0", group="g")
    assert (one.host, one.port, one.user, one.password, one.tls) == (
        "broker", 1883, "u@x", "p/1", None,
    )  # fmt: skip
    closed = options_of("mqtts://broker:9000", identifier="m-0")
    assert closed.port == 9000
    assert closed.tls is not None
    assert closed.tls.check_hostname
    with pytest.raises(ValueError, match="MILEPOST_MQTT_URL"):
        options_of("http://broker", identifier="m-0")
