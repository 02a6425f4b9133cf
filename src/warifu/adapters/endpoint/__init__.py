"""The endpoint store of a node in one SQLite file, and the Unix socket at which local programs ask it.

The file and its data keys are private from their first byte; each change is one durable transaction. Private keys and
secrets lie encrypted (AES-256-GCM), bound to their store, alias and row, so that no ciphertext serves elsewhere. A row
that is damaged is told and hides no other. The socket tells who asks by the kernel's word alone; whatever a client
sends, the others are answered.
"""
