"""JSON lines: one row a line, UTF-8."""

from exports._plain import Plain


class Jsonl(Plain):
    """What is free JSON in the release is JSON here, and scores are an object."""

    name = "jsonl"
    title = "the rows as they are, for people and scripts"
    suffix = ".jsonl"


export_format = Jsonl()
