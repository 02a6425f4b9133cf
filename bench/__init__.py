"""Measurements: each file has `run()`, which yields rows of name, value, unit, rival, ratio and size."""
