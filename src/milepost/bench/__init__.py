"""Benchmarks: our own load, a floor taken in the same run, medians of interleaved rounds."""
