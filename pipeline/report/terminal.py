"""The progress in a terminal: the headline, then tables that fit 80 columns and read as well in a pipe."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.report.annotators import AnnotatorProgress
from pipeline.report.cells import CellProgress
from pipeline.report.people_terminal import right, signs
from pipeline.report.progress import Progress, simulated
from pipeline.report.quality_terminal import agreement, unclear, wrong
from pipeline.report.tables import MOST_ROWS, more_of, name_of, table_of
from pipeline.report.words import (
    APART,
    SETTLED,
    STANDING,
    between,
    count,
    day,
    duration,
    moment,
    percent,
    plain,
    rate,
    right_of,
    share,
)

BAR = 24


def show(progress: Progress, console: Console) -> None:
    """Print the progress; tables without rows are left out."""
    console.print(Text(progress.headline, style="bold"))
    if said := simulated(progress):
        console.print(Text(f"SIMULATED: {said}", style="bold yellow"))
    ascii_only = console.options.ascii_only
    tables = (
        _states(progress, "#" if ascii_only else "█"),
        _gates(progress),
        _checks(progress),
        _cells(progress),
        _paused(progress),
        _queues(progress),
        _savings(progress),
        _adjudication(progress),
        _certainty(progress),
        _annotators(progress),
        signs(progress),
        right(progress),
        _accord(progress),
        agreement(progress),
        unclear(progress),
        wrong(progress),
        _sides(progress),
        _findings(progress),
        _rejects(progress),
        _runs(progress),
    )
    for table in tables:
        if table.row_count:
            console.print()
            console.print(table)


def _states(progress: Progress, block: str) -> Table:
    table = table_of("Tasks by state", ("state",), ("tasks", "share"))
    table.add_column("", no_wrap=True)
    total, most = progress.totals.tasks, max(progress.states.values())
    for state in STANDING if total else ():
        tasks = progress.states[state.name]
        bar = block * (max(1, round(BAR * tasks / most)) if tasks else 0)
        table.add_row(state.title, count(tasks), percent(tasks, total), bar)
    for state in APART:
        if apart := getattr(progress.totals, state.name):
            table.add_row(state.title, count(apart), "", "not counted", style="dim")
    return table


def _gates(progress: Progress) -> Table:
    there = progress.gates
    table = table_of(
        "Before people are asked",
        ("what stopped it", "stage"),
        ("stopped", "of all", "masked", "noted", "last"),
        f"{count(there.read)} rows read, {count(there.admitted)} records may reach people, "
        f"{count(there.masked)} masked, {count(there.waiting)} wait; a machine's label: {count(there.labeled)}",
    )
    for gate in there.gates:
        of_all = percent(gate.stopped, there.records) if gate.stage == "screen" else share(None)
        went_on = count(gate.masked), count(gate.noted)
        table.add_row(
            name_of(gate.name), gate.stage, count(gate.stopped), of_all, *went_on, day(gate.last_at)
        )
    if there.has_acted and not there.gates:
        table.add_row("nothing", "", count(0), percent(0, there.records), "", "", "")
    return table


def _checks(progress: Progress) -> Table:
    table = table_of(
        "Checked by machine, and what people said of it",
        ("check", "found"),
        ("audited", "wrong", "95 in 100"),
    )
    for one in progress.checks:
        found = ", ".join(f"{count(n)} {plain(outcome)}" for outcome, n in one.outcomes.items())
        table.add_row(name_of(one.check), found.replace("_", " "), "", "", "")
        for audit in one.audits:
            wrong = share(audit.error), between(audit.low, audit.high) if audit.compared else share(None)
            table.add_row(Text(""), Text(f"decides {plain(audit.task_type)}"), count(audit.compared), *wrong)
    return table


def _cells(progress: Progress) -> Table:
    shown = progress.cells[:MOST_ROWS]
    table = table_of(
        "Tasks by cell, the least settled first",
        ("cell",),
        ("tasks", "settled", "disp.", "to do", "median", "P85", "agree"),
        more_of(len(progress.cells) - len(shown), "cells"),
    )
    for cell in shown:
        table.add_row(name_of(cell.cell), *_cell(cell))
    return table


def _cell(cell: CellProgress) -> tuple[str, ...]:
    to_do = cell.tasks - sum(cell.states[name] for name in (*SETTLED, "disputed"))
    return (
        count(cell.tasks),
        percent(cell.settled, cell.tasks),
        count(cell.states["disputed"]),
        count(to_do),
        duration(cell.median_lead_seconds),
        duration(cell.p85_lead_seconds),
        share(cell.mean_agreement),
    )


def _paused(progress: Progress) -> Table:
    table = table_of("Paused", ("what", "why"), ("since",))
    for one in progress.paused:
        table.add_row(name_of(one.name), name_of(one.reason), moment(one.since))
    return table


def _queues(progress: Progress) -> Table:
    shown = progress.queues[:MOST_ROWS]
    more = more_of(len(progress.queues) - len(shown), "cells")
    numbers = ("open", "buffer", "ready", "answers", "an hour", "people")
    table = table_of("What waits for people", ("cell",), numbers, more)
    for one in shown:
        figures = (count(one.open), count(one.buffer), count(one.ready), count(one.votes_wanted))
        table.add_row(name_of(one.cell), *figures, rate(one.votes_per_hour), count(one.people))
    return table


def _savings(progress: Progress) -> Table:
    shown = progress.savings[:MOST_ROWS]
    more = more_of(len(progress.savings) - len(shown), "cells")
    numbers = ("answers", "of", "saved", "off", "95 in 100", "median", "P85")
    table = table_of(
        "Votes saved, labels off by it, and the wait for the last vote", ("cell",), numbers, more
    )
    for one in shown:
        off = (share(one.error), between(one.low, one.high) if one.audited else share(None))
        waits = (duration(one.median_wait_seconds), duration(one.p85_wait_seconds))
        figures = (count(one.votes), count(one.full), percent(one.saved_share))
        table.add_row(Text(f"{plain(one.cell)}\n{one.policy}"), *figures, *off, *waits)
    return table


def _adjudication(progress: Progress) -> Table:
    shown = progress.adjudication[:MOST_ROWS]
    more = more_of(len(progress.adjudication) - len(shown), "cells")
    table = table_of("Adjudication", ("cell",), ("waiting", "oldest", "decided", "sent back", "wait"), more)
    for one in shown:
        oldest = day(one.oldest_at) if one.oldest_at else share(None)
        figures = (count(one.waiting), oldest, count(one.decided), count(one.sent_back))
        table.add_row(name_of(one.cell), *figures, duration(one.median_wait_seconds))
    return table


def _certainty(progress: Progress) -> Table:
    shown = progress.certainty[:MOST_ROWS]
    more = more_of(len(progress.certainty) - len(shown), "cells")
    numbers = ("labels", "<80 %", "<90 %", "<95 %", "others differ")
    table = table_of("How sure labels are", ("cell", "by"), numbers, more)
    for one in shown:
        unsure = (one.below_80, one.below_90, one.below_95)
        told = (count(number) if one.told else share(None) for number in unsure)
        names = name_of(one.cell), name_of(one.method.replace("_", " "))
        table.add_row(*names, count(one.labels), *told, count(one.differ))
    return table


def _annotators(progress: Progress) -> Table:
    shown, since = progress.annotators[:MOST_ROWS], progress.annotators_since
    gold = ("gold",) if any(one.gold for one in progress.annotators) else ()
    table = table_of(
        f"Annotators, the busiest first{f', without what was settled before {since:%Y-%m-%d}' if since else ''}",
        ("annotator",),
        ("labels", "rej.", "void", "skips", "disp.", "dec.", *gold, "median", "last seen"),
        more_of(len(progress.annotators) - len(shown), "annotators"),
    )
    for annotator in shown:
        table.add_row(name_of(annotator.annotator), *_annotator(annotator, with_gold=bool(gold)))
    return table


def _annotator(annotator: AnnotatorProgress, *, with_gold: bool) -> tuple[str, ...]:
    return (
        count(annotator.labels),
        count(annotator.rejects),
        count(annotator.void),
        count(annotator.skips),
        count(annotator.disputed),
        count(annotator.decisions),
        *((right_of(annotator.gold, "/"),) if with_gold else ()),
        duration(annotator.median_lead_seconds),
        day(annotator.last_seen_at),
    )


def _accord(progress: Progress) -> Table:
    numbers = ("agree", "95 in 100", "tasks")
    table = table_of("Agreement with the others", ("annotator", "task type"), numbers)
    for annotator in progress.annotators[:MOST_ROWS]:
        for one in annotator.accord:
            names = name_of(annotator.annotator), name_of(one.task_type)
            table.add_row(*names, share(one.mean), between(one.low, one.high), count(one.tasks))
    return table


def _sides(progress: Progress) -> Table:
    table = table_of("Which side is chosen", ("annotator", "task type"), ("left", "95 in 100", "choices", ""))
    for one in progress.sides[:MOST_ROWS]:
        names = name_of(one.annotator) if one.annotator else "all", name_of(one.task_type)
        numbers = share(one.mean), between(one.low, one.high), count(one.choices)
        table.add_row(*names, *numbers, "favours a side" if one.leans else "")
    return table


def _findings(progress: Progress) -> Table:
    shown = progress.findings[:MOST_ROWS]
    more = more_of(len(progress.findings) - len(shown), "kinds")
    table = table_of("Findings", ("kind",), ("findings", "void", "last"), more)
    for one in shown:
        table.add_row(name_of(one.kind), count(one.findings), count(one.void), day(one.last_at))
    return table


def _rejects(progress: Progress) -> Table:
    shown = progress.rejects[:MOST_ROWS]
    more = more_of(len(progress.rejects) - len(shown), "reasons")
    table = table_of("Rejects", ("stage", "reason"), ("rejects", "last"), more)
    for reject in shown:
        table.add_row(
            name_of(reject.stage), name_of(reject.reason), count(reject.rejects), day(reject.last_at)
        )
    return table


def _runs(progress: Progress) -> Table:
    table = table_of("Stages", ("stage",), ("runs", "done", "last run", "took", "failed"))
    for run in progress.runs:
        numbers = count(run.runs), count(run.done), moment(run.last_at), duration(run.last_seconds)
        failed = f"{count(run.failures)}{', the last too' if run.last_error else ''}"
        table.add_row(name_of(run.stage), *numbers, failed)
    return table
