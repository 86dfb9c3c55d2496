"""Any text at all: cases, what must hold of each, and the runs over them (docs/reliability.md)."""
