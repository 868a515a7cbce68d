"""A change to the team in a terminal: what it does to the targets, to the work in hand and to the loads."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.report.everyday import called, percent_of, the_day, upper
from pipeline.report.tables import table_of
from pipeline.report.words import count, percent, share
from schemas.flow import Load, PresentWork, WhatIf

ARROW = " -> "
Loads = Sequence[tuple[Load, Load | None]]


def show(found: WhatIf, loads: Loads, as_of: datetime, console: Console) -> None:
    """Print before and after side by side; tables without rows are left out."""
    console.print(Text(_work(found, as_of), style="bold"))
    for table in (_targets(found, as_of), _loads(loads)):
        if table.row_count:
            console.print()
            console.print(table)


def _work(found: WhatIf, as_of: datetime) -> str:
    before, after = found.before.present_work, found.after.present_work
    if before is None or after is None or not before.open:
        return "Nothing is in hand."
    tasks = f"The {count(before.open)} tasks in hand"
    return f"{tasks} are settled by {_both(_day(before, as_of), _day(after, as_of))} in the middle case."


def _targets(found: WhatIf, as_of: datetime) -> Table:
    table = table_of("Targets", ("cell",), ("target", "likely", "short", "reached by"))
    for cell, one in sorted(found.targets.items(), key=lambda pair: (pair[1].probability[0], pair[0])):
        likely = _both(*(percent(value) for value in one.probability))
        days = (the_day(at, as_of) if at else share(None) for at in one.p50)
        short = _both(*(count(value) for value in one.shortfall))
        table.add_row(Text(upper(called(cell))), count(one.target), likely, short, _both(*days))
    return table


def _loads(loads: Loads) -> Table:
    table = table_of("How much is asked of whom, once it is in force", ("work",), ("load", "people"))
    for before, after in sorted(loads, key=lambda pair: -pair[0].load):
        if after is not None:
            load = _both(percent_of(before.load), percent_of(after.load))
            people = _both(count(before.people), count(after.people))
            table.add_row(Text(upper(called(before.resource))), load, people)
    return table


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before}{ARROW}{after}"


def _day(work: PresentWork, as_of: datetime) -> str:
    return the_day(work.p50, as_of) if work.p50 else "an unknown day"
