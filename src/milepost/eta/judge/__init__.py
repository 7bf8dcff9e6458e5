"""How well foresight does on real data, under the label clock. Needs the `foresight` extra."""
