"""Where a watcher keeps its notices."""
