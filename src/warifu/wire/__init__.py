"""Versioned documents: plans, evidence, journal rows; canonical bytes for digests."""
