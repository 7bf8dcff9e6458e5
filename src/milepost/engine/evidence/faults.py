"""What is wrong with a piece of evidence."""

from __future__ import annotations

# More than any camera has; a small file can claim as many as it likes.
MOST_PIXELS = 120_000_000


class EvidenceError(ValueError):
    """A file that cannot be taken; the text is for its sender."""


def check_size(width: int, height: int) -> None:
    """Raises EvidenceError for a picture without or with far too many pixels."""
    if width < 1 or height < 1:
        raise EvidenceError("the picture has no pixels")
    if width * height > MOST_PIXELS:
        raise EvidenceError(f"the picture has more than {MOST_PIXELS} pixels")
