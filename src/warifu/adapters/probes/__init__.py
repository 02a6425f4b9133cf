"""Handshakes with the living."""
