"""Read models over all history: a row for each box whose road is over, and reports on them."""
