"""Whether a chain holds for a purpose, and every reason why not."""
