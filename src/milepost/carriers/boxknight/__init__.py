"""BoxKnight."""
