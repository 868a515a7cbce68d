"""The smallest project that tests try things on: one file of problems, asked about once."""

PROJECT = """\
name = "tried"

[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"

[[tasks]]
type = "preference_pair"
overlap = 1
"""
