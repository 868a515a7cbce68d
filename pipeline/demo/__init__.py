"""The demo's data and people: problems whose right labels are known, and annotators who are simulated.

Everything here is made by code from fixed seeds, so that it is the same bytes every time. Nothing a candidate
program says is ever run.
"""
