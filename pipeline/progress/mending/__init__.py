"""Mending an event log: what was written twice, by a wrong clock, impossibly, or not at all."""
