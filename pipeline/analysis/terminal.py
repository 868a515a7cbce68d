"""An analysis in a terminal: tables that fit 80 columns and read as well in a pipe."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.analysis.content import Analysis, Judged
from pipeline.analysis.pace import Pace
from pipeline.quality.agreement import LOPSIDED, Agreement
from pipeline.report.tables import MOST_ROWS, name_of, table_of
from pipeline.report.words import DASH, NONE, count, day, duration, percent, plain, share

NARROW = 16
"""The width of a control's name; a longer one folds."""


def show(analysis: Analysis, console: Console) -> None:
    """Print the analysis; tables without rows are left out."""
    console.print(Text(headline(analysis), style="bold"))
    for table in (_agreement(analysis), _pace(analysis), _findings(analysis)):
        if table.row_count:
            console.print()
            console.print(table)
    for line in lopsided(analysis):
        console.print()
        console.print(Text(line))


def headline(analysis: Analysis) -> str:
    """What was read, in one line."""
    counts = analysis.counts
    people = len(analysis.paces.annotators or {row.annotator for row in analysis.rows})
    said = f"{count(counts['tasks'])} tasks, {count(counts['annotations'])} annotations by {count(people)} people"
    skipped = f", {count(counts['skipped'])} skipped" if counts["skipped"] else ""
    return f"{plain(analysis.name)}: {said}{skipped}"


def lopsided(analysis: Analysis) -> list[str]:
    """A line for each control where one label prevails."""
    found = [one for one in analysis.judged if one.agreement and one.agreement.top_share > LOPSIDED]
    return [
        f"{plain(one.dimension.name)}: one label makes {percent(one.agreement.top_share)} of all; "
        "alpha is low there however well people agree, so read AC1 and raw beside it"
        for one in found[:MOST_ROWS]
        if one.agreement
    ]


def _agreement(analysis: Analysis) -> Table:
    shown = analysis.judged[:MOST_ROWS]
    numbers = ("labels", "twice+", "raw", "alpha", "95 in 100", "AC1")
    more = _more(len(analysis.judged) - len(shown), "controls")
    table = table_of("Agreement by control", ("control", "kind"), numbers, more)
    table.columns[0].max_width = NARROW
    table.add_column("verdict", overflow="fold")
    for one in shown:
        figures = _figures(one.agreement) if one.agreement else [NONE] * 5
        table.add_row(name_of(one.dimension.name), _kind(one), count(one.labels), *figures, one.verdict)
    return table


def _kind(one: Judged) -> str:
    is_set = one.agreement and one.agreement.scale == "set" and one.dimension.kind != "regions"
    return f"{one.dimension.kind} (sets)" if is_set else one.dimension.kind


def _figures(found: Agreement) -> list[str]:
    interval = found.alpha_interval
    return [
        count(found.doubly_labeled),
        share(found.raw),
        _decimal(found.alpha),
        f"{interval[0]:.2f}{DASH}{interval[1]:.2f}" if interval else NONE,
        _decimal(found.ac1),
    ]


def _pace(analysis: Analysis) -> Table:
    shown = analysis.paces.annotators[:MOST_ROWS]
    numbers = ("count", "median", "P90", "/hour", "/day", "/week", "first", "last")
    more = _more(len(analysis.paces.annotators) - len(shown), "people")
    table = table_of("Pace: annotations an hour at work, a day, a week", ("who",), numbers, more)
    if analysis.paces.annotators:
        table.add_row("all", *_speed(analysis.paces.overall))
    for one in shown:
        table.add_row(name_of(one.annotator or NONE), *_speed(one))
    return table


def _speed(pace: Pace) -> list[str]:
    return [
        count(pace.annotations),
        duration(pace.median_lead_seconds),
        duration(pace.p90_lead_seconds),
        *(_rate(rate) for rate in (pace.per_active_hour, pace.per_day, pace.per_week)),
        day(pace.first_at) if pace.first_at else NONE,
        day(pace.last_at) if pace.last_at else NONE,
    ]


def _findings(analysis: Analysis) -> Table:
    table = table_of("Findings", ("what", "first seen"), ("times",))
    for found in analysis.findings.to_json():
        table.add_row(
            name_of(str(found["finding"])), name_of(str(found["first"])), count(int(found["count"]))
        )
    return table


def _decimal(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def _rate(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"  # noqa: PLR2004 - two digits


def _more(number: int, what: str) -> str | None:
    return f"and {count(number)} {what} more; --json shows all" if number > 0 else None
