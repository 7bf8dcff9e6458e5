"""Excursions, mean kinetic temperature, curves, falls, attitude, clocks."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.care import Limits
from milepost.sensing.attitude import tilt_deg
from milepost.sensing.clocks import corrected, in_order, offset_us
from milepost.sensing.downsample import thinned
from milepost.sensing.excursion import GAP_US, Band, Gap, excursions, gaps
from milepost.sensing.kinetic import mean_kinetic_mc
from milepost.sensing.shock import Burst, height_mm, landing_mg, shocks, with_gravity
from milepost.sensing.watch import Measured, episodes

MIN = 60_000_000
COLD = Band(2_000, 8_000, 500, 10 * MIN)


def out(*celsius: float, every: int = 5 * MIN, band: Band = COLD) -> list[tuple[object, ...]]:
    times = [every * n for n in range(len(celsius))]
    found = excursions(times, [round(1000 * one) for one in celsius], band)
    return [(e.side, e.from_us // MIN, e.until_us and e.until_us // MIN, e.peak) for e in found]


def test_an_excursion_counts_once_it_has_lasted() -> None:
    assert out(5, 9, 5) == []
    assert out(5, 9, 9, 9.5, 5) == [("high", 5, 20, 9_500)]
    assert out(5, 1, 1, 1) == [("low", 5, None, 1_000)]
    assert out(8, 8, 8, 8, 2, 2, 2) == []


def test_it_ends_only_well_inside() -> None:
    assert out(9, 9, 9, 7.8, 7.6, 8.2, 7.4) == [("high", 0, 30, 9_000)]


def test_silences_are_named_and_do_not_count() -> None:
    times = [0, 5 * MIN, 5 * MIN + 2 * GAP_US, 10 * MIN + 2 * GAP_US]
    (one,) = excursions(times, [9_000] * 4, COLD)
    assert one.gaps == (Gap(5 * MIN, 5 * MIN + 2 * GAP_US),)
    assert one.lasted_us == 10 * MIN
    assert gaps(times) == list(one.gaps)


def test_a_logger_that_measures_once_an_hour_is_not_silent_between() -> None:
    """Nothing but the interval differs from one that measures every five minutes."""
    warm = [5, 5, 12, 12, 5, 5]
    assert out(*warm, every=60 * MIN) == [("high", 120, 240, 12_000)]
    assert out(*warm, every=5 * MIN) == [("high", 10, 20, 12_000)]
    times = [60 * MIN * n for n in range(6)]
    assert gaps(times) == []
    assert gaps([*times, times[-1] + 200 * MIN]) == [Gap(times[-1], times[-1] + 200 * MIN)]
    # One sample in between (a door was opened) leaves the others what they weigh.
    hourly = mean_kinetic_mc(times, [1000 * one for one in warm])
    disturbed = mean_kinetic_mc(
        [*times[:1], 5 * MIN, *times[1:]], [5_000, 5_000, 5_000, 12_000, 12_000, 5_000, 5_000]
    )
    assert hourly == disturbed


@settings(deadline=None)
@given(st.lists(st.integers(-5_000, 15_000), max_size=60))
def test_excursions_do_not_overlap(values: list[int]) -> None:
    times = [n * 5 * MIN for n in range(len(values))]
    for side in ("high", "low"):
        found = [one for one in excursions(times, values, COLD) if one.side == side]
        for a, b in pairwise(found):
            assert a.until_us is not None
            assert a.until_us <= b.from_us
        for one in found:
            assert one.lasted_us >= COLD.lasting_us
            assert one.from_us <= one.counts_us


def test_mean_kinetic_temperature() -> None:
    times = [n * MIN for n in range(3)]
    assert mean_kinetic_mc(times, [5_000] * 3) == 5_000
    # Warm spells weigh more than their share: ln of the mean of exp(-10000/T), by hand.
    assert mean_kinetic_mc([0, MIN], [20_000, 30_000]) == pytest.approx(26_260, abs=2)
    assert mean_kinetic_mc([], []) is None
    assert mean_kinetic_mc([0], [-12_345]) == pytest.approx(-12_345, abs=1)
    assert mean_kinetic_mc([0, 10 * GAP_US], [2_000, 8_000]) is not None


def test_long_spells_weigh_more_than_short_ones() -> None:
    slow = mean_kinetic_mc([0, 10 * MIN, 11 * MIN], [5_000, 5_000, 25_000])
    fast = mean_kinetic_mc([0, MIN, 11 * MIN], [5_000, 25_000, 25_000])
    assert slow is not None
    assert fast is not None
    assert slow < fast


@settings(deadline=None)
@given(st.lists(st.integers(-100, 100), min_size=1, max_size=400), st.integers(4, 50))
def test_a_thinned_curve_keeps_its_extremes(values: list[int], points: int) -> None:
    times = list(range(0, len(values) * 7, 7))
    kept_times, kept = thinned(times, values, points)
    assert len(kept) <= max(points, 4)
    assert (min(kept), max(kept)) == (min(values), max(values))
    assert (kept_times[0], kept_times[-1]) == (times[0], times[-1])
    assert kept_times == sorted(set(kept_times))


def burst(*felt: int) -> Burst:
    return Burst([10_000 * n for n in range(len(felt))], [0] * len(felt), [0] * len(felt), felt)


REST = [1000] * 50


def test_a_drop_is_a_fall_with_an_impact() -> None:
    (one,) = shocks(burst(*REST, *[30] * 40, 2500, 3400, 1800, *REST))
    assert (one.kind, one.peak_mg) == ("drop", 2400)
    assert one.height_mm == pytest.approx(750, abs=40)
    assert one.shock_mg > 20_000


def test_bounces_are_part_of_a_drop() -> None:
    felt = [*REST, *[30] * 40, 3400, *[200] * 20, 2500, *REST]
    assert len(shocks(burst(*felt))) == 1
    twice = [*REST, *[30] * 40, 3400, *REST, *REST, *[30] * 40, 3400, *REST]
    assert len(shocks(burst(*twice))) == 2


def test_what_is_no_drop() -> None:
    assert shocks(burst(*REST)) == []
    assert shocks(burst(*REST, *[30] * 8, 3000, *REST)) == []  # a step
    assert shocks(burst(*REST, *[30] * 40, *REST)) == []  # caught softly
    assert shocks(burst(*REST, 2500, 2500, *REST)) == []  # a bump
    assert [one.kind for one in shocks(burst(*REST, 12_000, 15_000, *REST))] == ["impact"]
    assert shocks(burst()) == []


def test_a_pause_of_the_recording_is_no_fall() -> None:
    times = [0, 10_000, 900_000, 910_000]
    assert shocks(Burst(times, [0] * 4, [0] * 4, [30, 30, 30, 3000])) == []


def test_what_shows_no_weight_for_long_does_not_fall() -> None:
    """A sensor that takes gravity out, or one that is broken."""
    assert shocks(burst(*REST, *[20] * 400, 3400, *REST)) == []
    assert shocks(burst(*[0] * 1_000, 2600, *[0] * 1_000)) == []


def test_noise_of_a_fast_sensor_is_no_fall() -> None:
    """Rough roads at 1,600 samples a second: weightless for a moment, again and again."""
    chance = random.Random(3)
    times = [625 * n for n in range(8_000)]
    axes = [[round(chance.gauss(mean, 450)) for _ in times] for mean in (0, 0, 1000)]
    assert shocks(Burst(times, *axes)) == []


def test_without_gravity_rest_is_rest_and_a_fall_is_a_fall() -> None:
    rest, fall, hit = [0] * 50, [-1000] * 45, [2600, 3400, 1900]
    felt = [with_gravity(0, 0, value) for value in [*rest, *fall, *hit, *rest]]
    (one,) = shocks(Burst([10_000 * n for n in range(len(felt))], *zip(*felt, strict=True)))

    assert (one.kind, one.at_us) == ("drop", 960_000)
    assert one.height_mm == pytest.approx(950, abs=50)


def test_heights_are_those_of_the_textbook() -> None:
    assert height_mm(1_000_000) == 4_903
    assert height_mm(450_000) == 993
    assert landing_mg(450_000) == pytest.approx(35_343, abs=2)


def test_attitude() -> None:
    assert tilt_deg((0, 0, 1000)) == 0
    assert tilt_deg((1000, 0, 0)) == 90
    assert tilt_deg((0, 0, -990)) == 180
    assert tilt_deg((0, 0, 300)) is None
    assert tilt_deg((0, 700, 700), (0, 0, 980)) == 45


S = 1_000_000


def test_a_clock_is_set_right_by_its_sync() -> None:
    assert offset_us(1_000 * S, 1_010 * S) == 0
    assert offset_us(1_000 * S, 1_000 * S + 3_600 * S + 300_000) == 3_600 * S
    assert offset_us(1_000 * S, 1_000 * S + 3_615 * S, 3_600 * S) == 3_600 * S
    assert offset_us(1_000 * S, 1_000 * S + 7_000 * S, 3_600 * S) == 7_000 * S


def test_a_clock_that_was_set_back_in_the_middle() -> None:
    found = corrected([10_000 * S, 10_100 * S, 100 * S, 200 * S], 3_600 * S)
    assert [one.how for one in found] == ["order", "order", "sync", "sync"]
    assert found[3].at_us == 3_800 * S
    assert found[1].at_us <= found[2].at_us
    assert found[1].at_us - found[0].at_us == 100 * S
    assert in_order(found)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(-5_000, 5_000))
def test_true_times_follow_the_numbering(seconds: list[int], offset: int) -> None:
    assert in_order(corrected([one * S for one in seconds], offset * S))


def test_hand_over_ends_what_stands() -> None:
    limits = Limits(shock_mg=8_000, light_lux=50, tilt_deg=60, silent_s=60)
    curves = {"shock_mg": ([5 * S], [9_000]), "light_lux": ([6 * S], [80]),
              "tilt_deg": ([0, 70 * S], [90, 90])}  # fmt: skip
    under_way = episodes(Measured(curves), limits, 1_000 * S)
    assert {one.rule for one in under_way} == {"shock", "opened", "tilted", "sensor_silent"}
    assert all(one.until_us is None for one in under_way)

    over = episodes(Measured(curves, until_us=500 * S), limits, 1_000 * S)
    assert {one.rule: one.until_us for one in over} == {
        "shock": 500 * S, "opened": 500 * S, "tilted": 500 * S,
    }  # fmt: skip


def test_nothing_is_watched_without_limits() -> None:
    curves = {"temperature_mc": ([0, 60 * MIN], [90_000, 90_000]), "shock_mg": ([0], [99_000])}
    assert episodes(Measured(curves), Limits(), 1_000 * S) == []


@pytest.mark.parametrize("rate_hz", [20, 25, 50, 100, 400])
@pytest.mark.parametrize("reach_mg", [1_950, 2_000, 16_000])
def test_a_fall_is_found_by_slow_and_by_weak_sensors(rate_hz: int, reach_mg: int) -> None:
    """At rest, half a second of fall, a landing of 60 ms, at rest; what is beyond reach is cut."""
    step = 1_000_000 // rate_hz
    times = list(range(0, 2_000_000, step))

    def felt(at_us: int) -> int:
        if 700_000 <= at_us < 1_200_000:
            return 60
        return min(9_000, reach_mg) if 1_200_000 <= at_us < 1_260_000 else 1_000

    still = [0] * len(times)
    (one,) = shocks(Burst(times, still, still, [felt(at) for at in times]))

    assert one.kind == "drop"
    assert abs(one.fall_us - 500_000) <= 2 * step
