"""How far people agree, where guidelines are unclear, and how many labels are wrong: as tables for a terminal."""

from rich.table import Table
from rich.text import Text

from pipeline.report import agreeing
from pipeline.report.progress import Progress
from pipeline.report.tables import MOST_ROWS, more_of, name_of, table_of
from pipeline.report.words import between, count, percent, plain, share


def agreement(progress: Progress) -> Table:
    """Agreement beyond chance: of all that can be compared, and of what was accepted."""
    found = agreeing.lines(progress.agreement)
    table = table_of(
        "Agreement beyond chance: 1 the same, 0 as by lot",
        ("kind of work", "so it is"),
        ("agree", "95 in 100", "AC1", "tasks", "accepted"),
        more_of(len(found) - MOST_ROWS, "cells and parts"),
    )
    for one in found[:MOST_ROWS]:
        before, after = one.before, one.after
        table.add_row(
            Text(f"{'' if one.is_whole else '  '}{plain(one.name)}"),
            before.verdict,
            agreeing.hundredths(before.value),
            agreeing.from_to(before.low, before.high),
            agreeing.hundredths(before.ac1),
            count(before.tasks),
            agreeing.hundredths(after.value if after else None),
        )
    return table


def unclear(progress: Progress) -> Table:
    """Labels that are taken for each other much more than other ones, and what else people differ on."""
    table = table_of(
        "Taken for each other, or differed on", ("what", "whose doing"), ("times", "95 in 100", "tasks")
    )
    for pair in agreeing.pairs(progress.unclear)[:MOST_ROWS]:
        ends = agreeing.from_to(pair.low, pair.high, 1)
        whose = f"{plain(pair.by_one)}'s" if pair.by_one else "the guideline's"
        table.add_row(
            name_of(f"{' or '.join(pair.labels)} ({agreeing.where(pair)})"),
            whose,
            f"{pair.score:.1f}",
            ends,
            count(pair.tasks),
        )
    for one in agreeing.causes(progress.unclear)[:MOST_ROWS]:
        ends = agreeing.from_to(one.low, one.high, 1)
        whose = f"{plain(one.name)}'s" if one.cause == "person" else "the guideline's"
        table.add_row(
            name_of(f"{agreeing.on_what(one)} ({agreeing.where(one)})"),
            whose,
            f"{one.odds:.1f}",
            ends,
            count(one.tasks),
        )
    return table


def wrong(progress: Progress) -> Table:
    """How many of the accepted labels are wrong."""
    shown = agreeing.known_errors(progress.errors)
    table = table_of(
        "Wrong among the accepted labels, as estimated",
        ("labels of", "known by"),
        ("accepted", "wrong", "95 in 100", "looked at", "machine"),
        more_of(len(shown) - MOST_ROWS, "cells"),
    )
    for one in shown[:MOST_ROWS]:
        known = one.estimate.share is not None
        table.add_row(
            name_of(one.cell or one.task_type or "all together"),
            agreeing.KNOWN_BY[one.by],
            count(one.accepted),
            share(one.estimate.share),
            between(one.estimate.low, one.estimate.high) if known else share(None),
            f"{count(one.estimate.wrong)} of {count(one.estimate.looked_at)}",
            percent(one.by_machine, one.accepted),
        )
    return table
