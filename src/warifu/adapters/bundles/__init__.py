"""Signed trust bundles by python-tuf (TUF 1.0.31): written on the server, read by nodes, their roots made off the server.

metadata         what both sides agree on: names, sizes, lives; python-tuf's errors end here
trusted          the one file that meets the clock inside python-tuf
tuf_reader       a reader's look, from timestamp to documents
standing         what can be said of what is held without asking anybody
key_folder       online keys, a file each
tuf_signer       the server's side
root_ceremony    roots made, signed by one key at a time, put together, looked at
"""
