"""Joins what the agent is made of; the only file that does."""
