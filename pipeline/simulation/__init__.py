"""Labeling simulated event by event: for forecasts from the present state, and for worlds with a planted cause."""
