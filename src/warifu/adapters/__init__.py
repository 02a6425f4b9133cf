"""The world: one folder a port, one file a product, one contract suite a port.

Nothing is re-exported here: `wiring` imports each product by its file. Foreign exceptions
stop here; they become `WarifuError`s that name port and product. Products do not know each
other; what several need of this machine is in `files` and `clock`.
"""
