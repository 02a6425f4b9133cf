"""The agent of a node: its life cycle, the socket of its endpoint store, and how it is woken.

One process a node, as root or not. It works by itself: what the server pushes is a hint, what it publishes is believed
for its signatures, and a server that is away changes nothing here. Everything that it decides is decided in `workflows`
and `domain`; here are threads, signals and waiting.
"""
