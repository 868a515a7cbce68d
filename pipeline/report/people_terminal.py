"""How good people are and what stands out about them, as tables in a terminal."""

from rich.table import Table
from rich.text import Text

from pipeline.report.agreeing import from_to
from pipeline.report.progress import Progress
from pipeline.report.tables import MOST_ROWS, name_of, table_of
from pipeline.report.words import between, count, plain, share


def signs(progress: Progress) -> Table:
    """What stands out about people, each with its evidence."""
    more = "Evidence to look at, never a verdict; more of it: headrace people show NAME"
    table = table_of("What stands out about people", ("annotator", "what"), ("95 in 100",), more)
    for one in progress.signs[:MOST_ROWS]:
        figure = between(one.low, one.high) if one.is_share else from_to(one.low, one.high)
        table.add_row(name_of(one.annotator), Text(f"{one.title}: {plain(one.said)}"), figure)
    return table


def right(progress: Progress) -> Table:
    """How often each is right, by what all votes come to."""
    table = table_of(
        "How often they are right", ("annotator", "task type"), ("right", "95 in 100", "labels", "by")
    )
    for annotator in progress.annotators[:MOST_ROWS]:
        for one in annotator.right:
            names = name_of(annotator.annotator), name_of(one.task_type)
            table.add_row(
                *names, share(one.mean), between(one.low, one.high), count(one.labels), one.judged_by
            )
    return table
