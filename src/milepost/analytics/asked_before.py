"""Whether a question follows another one of the same page, which has brought the table up to date.

A page of figures asks many questions; only the first of them waits for what was committed last.
"""

from __future__ import annotations

from contextvars import ContextVar

FOLLOWS: ContextVar[bool] = ContextVar("follows", default=False)
