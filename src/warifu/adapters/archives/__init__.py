"""Files, folders and archives of this machine, streamed."""
