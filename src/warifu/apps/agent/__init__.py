"""The agent: a service on a node that keeps its endpoint store and carries out what the server orders.

It talks to the server over HTTP alone: nothing of the server, its database, its issuers, SQLAlchemy or Litestar
is ever loaded into it, not even indirectly (a contract in `.importlinter` holds it to that).
"""
