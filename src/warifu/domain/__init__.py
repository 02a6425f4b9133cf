"""Values in, values out.

Nothing in here reads a clock, draws a random number, opens a file or a socket, starts a
thread or writes a log; what it needs of the world comes in as an argument. Rooms, each of
which knows only those below it:

    rotation   change -> waves -> proof; a rollout as a state machine
    sweep      checking many: lists of subjects, rows, and what they come to
    estate     nodes, services, slots, identities, trust stores, connections
    trust      whether a chain holds for a purpose, and every reason why not
    x509       bytes <-> certificates, keys, requests, CRLs
    findings   the tables of codes and messages, in English and Japanese
"""
