"""Checking many: lists of subjects, the row that each gives, and what all of them come to.

A list is a document: what a line means is told by the line alone, never by what happens to lie on a disk.
A row is what is kept of one look; a million of them fit into a file, and the summary is folded from them.
"""
