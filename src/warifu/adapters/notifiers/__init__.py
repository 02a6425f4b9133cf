"""Channels to people and other systems: mail, webhooks, a text file for Prometheus."""
