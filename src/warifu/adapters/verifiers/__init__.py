"""A consumer's own engine, run with its real flags."""
