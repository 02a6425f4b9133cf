"""Clients of a Warifu server: what agents and people ask of it over HTTP, and what it pushes."""
