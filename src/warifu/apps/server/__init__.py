"""The server: HTTP over mutual TLS, and its life from start to end.

One process, one event loop; workflows run in threads. Certificate, key, client CAs and CRLs are one value that is
replaced while it serves: whoever is no longer let in loses every door within a second, open streams included. What
anybody may send is bounded in size and time before anything looks at it. Errors leave as problem documents in the
reader's language, and neither they nor the log ever hold a secret. Only `uvicorn_inside.py` knows uvicorn's inner
names.
"""
