"""How far a box leans, from what its accelerometer feels at rest."""

from __future__ import annotations

from math import acos, degrees, sqrt

_REST_MG = (900, 1100)  # a sensor that moves says nothing of its attitude


def tilt_deg(
    felt: tuple[float, float, float], upright: tuple[float, float, float] = (0, 0, 1000)
) -> int | None:
    """The angle to `upright` (how gravity is felt when it stands right), 0 to 180; None in motion.

    Along the same axes; what is felt in thousandths of g.
    """
    size, reference = _size(felt), _size(upright)
    if not _REST_MG[0] <= size <= _REST_MG[1] or reference == 0:
        return None
    cosine = sum(a * b for a, b in zip(felt, upright, strict=True)) / (size * reference)
    return round(degrees(acos(max(-1.0, min(1.0, cosine)))))


def _size(vector: tuple[float, float, float]) -> float:
    return sqrt(sum(one * one for one in vector))
