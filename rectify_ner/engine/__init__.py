"""Tagging on more than one machine: the same work over partitions of a table, by an existing engine.

``partition`` knows Arrow batches and no engine, ``spark`` is the only module that knows Spark (the extra
``spark``). docs/scale.md says how to run it and what holds when a process dies.
"""
