"""Parquet: the release's own columns, with their types."""

from exports._plain import Plain


class Parquet(Plain):
    """Scores are lists of {name, value}, since each row may have names of its own; free JSON is text of JSON."""

    name = "parquet"
    title = "the rows as they are, for Arrow and `datasets`"


export_format = Parquet()
