"""The only place where adapters and workflows meet: one file a program."""
