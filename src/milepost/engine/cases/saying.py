"""What people write into cases, without what is personal in it. Pure.

A case is read by many and told to subscribers. So its steps keep masked words, and the words as
they were said lie in the vault: who may read them gets them back, until they are erased.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from milepost.domain.case import Case, Step
from milepost.engine.redact_values import concealed, hidden_text

# Where in a step's body its words in the vault are named.
SAID = "said"
# Words of a name that are shorter stand in too many other words.
_SHORTEST = 3
_DIGITS = 7
_TELLING = ("name", "phone", "email", "caller", "address", "lines", "place")
# What a step is about, not what somebody says: a member of the staff, a task, a file.
_PLAIN = frozenset(
    {"owner", "task", "evidence", "outcome", "deadline_us", "rule", "findings", SAID}
)
_REFERENCE = "personal"  # of a case's fields: where the others are in the vault
Hide = Callable[[str], str]


def hider(known: Iterable[Mapping[str, Any]]) -> Hide:
    """Masks a text: what the reader finds, and whatever these people's fields say of them."""
    words = {one for fields in known for name in _TELLING for one in _of(fields.get(name))}
    patterns = [one for word in sorted(words, key=len, reverse=True) for one in _patterns(word)]
    wanted = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def hide(text: str) -> str:
        masked = text if wanted is None else wanted.sub(_stars, text)
        return hidden_text(masked)

    return hide


def hidden(step: Step, hide: Hide) -> tuple[Step, dict[str, Any]]:
    """A step without what is personal, and what it said instead of that; empty if nothing."""
    plain = {name: one for name, one in step.body.items() if name in _PLAIN}
    said = {name: one for name, one in step.body.items() if name not in _PLAIN}
    masked = replace(step, text=hide(step.text), body=_masked(said, hide) | plain)
    if masked == step:
        return step, {}
    return masked, {"kind": SAID, "text": step.text, "body": dict(step.body)}


def restored(step: Step, said: Mapping[str, Mapping[str, Any]]) -> Step:
    """A step as it was said, where the vault still has it."""
    told = said.get(str(step.body.get(SAID)))
    if told is None:
        return step
    body = {name: one for name, one in step.body.items() if name == SAID} | dict(told["body"])
    return replace(step, text=told["text"], body=body)


def restored_case(case: Case, first: Step) -> Case:
    """A case with the fields of its first step as they were said."""
    return replace(case, fields=case.fields | first.body.get("fields", {}))


def _masked(value: Any, hide: Hide) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_masked(one, hide) for one in value]
    if isinstance(value, dict):
        return {
            name: one if name == _REFERENCE else _masked(one, hide)
            for name, one in concealed(value).items()
        }
    return value


def _of(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one.strip() for one in values if isinstance(one, str) and one.strip()]


def _patterns(word: str) -> list[str]:
    """How a name, number or line may stand in a text."""
    digits = re.sub(r"\D", "", word)
    if len(digits) >= _DIGITS and not re.search(r"[^\W\d]", word):  # a telephone number
        return [r"\+?(?:\d\D?){0,4}" + r"[\s().\-/]*".join(digits[-10:])]
    whole = re.escape(word) if len(word) > 1 else ""
    parts = [one for one in re.split(r"[\s,;]+", word) if len(one) >= _SHORTEST]
    names = [rf"\b{re.escape(one)}\b" for one in parts if one.isalpha() and one != word]
    return [one for one in (whole, *names) if one]


def _stars(found: re.Match[str]) -> str:
    return found[0][:1] + "*" * min(len(found[0]) - 1, 8)
