"""What runs on a node: it keeps the endpoint store and answers the programs of local users.

Life cycles only: what is decided stands in `domain` and `workflows`, what touches the world in `adapters`, and `wiring`
joins them. Nothing here knows the server.
"""
