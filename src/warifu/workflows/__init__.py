"""Use cases: each takes ports and values, asks `domain` to decide, and carries the decision out."""
