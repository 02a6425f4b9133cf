"""Our own files: atomic and private."""
