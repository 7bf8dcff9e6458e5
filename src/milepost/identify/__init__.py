"""Which carrier gave a tracking number: ranked readings with honest probabilities. Pure."""

from __future__ import annotations

from milepost.identify.check import check_formats
from milepost.identify.evaluation import evaluate
from milepost.identify.extract import extract_numbers, lone_number, named_numbers
from milepost.identify.formats import Formats, load_formats
from milepost.identify.model import Candidate, Identification
from milepost.identify.pasted import identify
from milepost.identify.spelling import normalise

__all__ = [
    "Candidate",
    "Formats",
    "Identification",
    "check_formats",
    "evaluate",
    "extract_numbers",
    "identify",
    "load_formats",
    "lone_number",
    "named_numbers",
    "normalise",
]
