"""Who signs: a local CA, or by hand."""
