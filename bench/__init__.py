"""Measurements: ratios in one run, never a lone millisecond, and no test with a time-out (docs/operate.md)."""
