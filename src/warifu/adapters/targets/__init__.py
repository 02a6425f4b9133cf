"""Nginx, HAProxy, PostgreSQL, plain files with a command, and the demo's own service."""
