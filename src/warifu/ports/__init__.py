"""Every way we touch the world: one small Protocol a file, with the values it speaks in."""
