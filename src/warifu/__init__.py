"""Warifu changes certificates, keys and trusted roots across an estate without breaking one connection."""

__version__ = "0.1.0"
