"""CSV: one row a line, what is nested as JSON."""

from exports._plain import Plain


class Csv(Plain):
    """The release's columns; lists and objects are JSON in text."""

    name = "csv"
    title = "the rows as they are, for spreadsheets"
    suffix = ".csv"


export_format = Csv()
