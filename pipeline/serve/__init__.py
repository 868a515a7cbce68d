"""The report as a live page: the newest snapshot of the store, analysed once, each figure down to its tasks."""
