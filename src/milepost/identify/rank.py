"""Who may have given this number: Bayes over carriers, formats and "none of these"."""

from __future__ import annotations

from collections.abc import Mapping

from milepost.identify import background
from milepost.identify.formats import Formats, load_formats
from milepost.identify.model import Candidate, Identification
from milepost.identify.rule import Rule
from milepost.identify.spelling import normalise

LONGEST = 48
RELIABLE = 0.8

# Readings less likely than this are noise to whoever reads the answer.
_LEAST = 0.0005
# A country hint is a hint: the parcel may come from, or go to, another one.
_COUNTRY_FACTOR = 5.0
# So many numbers' worth is the general prior trusted against the tenant's own history.
_PRIOR_WORTH = 25.0
# A reading whose check digit fails is worth a word if a random text rarely gets that far.
_WORTH_A_WORD = 20.0

_Score = tuple[float, Rule]


def identify(
    number: str,
    *,
    history: Mapping[str, float] | None = None,
    country: str | None = None,
    formats: Formats | None = None,
) -> Identification:
    """Ranked readings of `number`, which may be spelled in any way. Never raises.

    history: the tenant's own count of numbers by carrier slug. country: ISO alpha-2, where the
    parcel was sent from or goes to.
    """
    number = normalise(number)
    formats = formats or load_formats()
    if problem := _unreadable(number):
        return Identification(number, False, (), (problem,))
    priors = _Priors(formats, history, country)
    scores, failed = _try_rules(number, formats, priors)
    unknown = background.share_of(number)
    candidates = _candidates(number, scores, unknown)
    return Identification(
        number, _is_ambiguous(candidates), candidates, _problems(candidates, failed)
    )


class _Priors:
    """How likely each carrier is before the number is read; sums to 1 with the background."""

    def __init__(
        self, formats: Formats, history: Mapping[str, float] | None, country: str | None
    ) -> None:
        self.scale = (1 - background.SHARE) / formats.total_weight
        self.weights = formats.weights
        self.country = country.upper() if country else None
        self.history = {slug: max(0.0, count) for slug, count in (history or {}).items()}
        self.seen = sum(self.history.values())

    def of(self, rule: Rule) -> float:
        prior = self.weights[rule.carrier] * self.scale
        if self.seen:
            own = self.history.get(rule.carrier, 0.0)
            prior = (prior * _PRIOR_WORTH + own) / (_PRIOR_WORTH + self.seen)
        if self.country and rule.format.country == self.country:
            prior *= _COUNTRY_FACTOR
        return prior


def _unreadable(number: str) -> str:
    if not number:
        return "empty"
    if len(number) > LONGEST:
        return "longer than any tracking number"
    if not number.isascii() or not number.replace("-", "").isalnum():
        return "holds characters that no tracking number has"
    return ""


def _try_rules(
    number: str, formats: Formats, priors: _Priors
) -> tuple[dict[tuple[str, str], _Score], list[Rule]]:
    odds = background.odds_of(number)
    scores: dict[tuple[str, str], _Score] = {}
    failed: list[Rule] = []
    for rule in formats.rules_for(number):
        found = rule.fullmatch(number)
        if found is None:
            continue
        if not rule.passes(found):
            failed.append(rule)
            continue
        key = (rule.carrier, rule.format.id)
        before = scores[key][0] if key in scores else 0.0
        scores[key] = (before + priors.of(rule) * rule.evidence(found, odds), rule)
    return scores, failed


def _candidates(
    number: str, scores: Mapping[tuple[str, str], _Score], unknown: float
) -> tuple[Candidate, ...]:
    total = unknown + sum(score for score, _ in scores.values())
    ranked = sorted(scores.values(), key=lambda pair: (-pair[0], pair[1].carrier))
    return tuple(
        _candidate(number, rule, score / total) for score, rule in ranked if score / total >= _LEAST
    )


def _candidate(number: str, rule: Rule, probability: float) -> Candidate:
    one = rule.format
    return Candidate(
        carrier=rule.carrier,
        format=one.name,
        probability=round(probability, 4),
        checksum="passed" if one.checksum else None,
        business_type=rule.business_type(number),
        country=one.country,
    )


def _is_ambiguous(candidates: tuple[Candidate, ...]) -> bool:
    if not candidates:
        return False
    best = candidates[0].carrier
    likely = sum(one.probability for one in candidates if one.carrier == best)
    return likely < RELIABLE and any(one.carrier != best for one in candidates)


def _problems(candidates: tuple[Candidate, ...], failed: list[Rule]) -> tuple[str, ...]:
    told = [rule for rule in failed if not candidates or rule.telling >= _WORTH_A_WORD]
    passed = {one.format for one in candidates}
    names = dict.fromkeys(rule.format.name for rule in told if rule.format.name not in passed)
    if not candidates and not names:
        return ("no known format fits",)
    return tuple(f"check digit does not fit {name}" for name in names)
