"""The flow in a terminal: the sentence, then tables that fit 80 columns and read as well in a pipe."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.report.cause_words import cells_of
from pipeline.report.everyday import called, hours, many, percent_of, said, the_day, upper
from pipeline.report.flow_figures import Figures, day_parts, figures
from pipeline.report.flow_words import gain, tenth
from pipeline.report.sentence import notes, past, sentence, simulated_history
from pipeline.report.tables import MOST_ROWS, name_of, table_of
from pipeline.report.words import between, count, percent, plain, share
from schemas.flow import Flow, Load, TargetForecast

BAR = 16
SPARK = 12
"""Characters of a sparkline."""
LEVELS = "▁▂▃▄▅▆▇█"
ASCII_LEVELS = "_.-=+*#"
PEOPLE = 12
"""People a table shows: those who wait the most for work, and those who wait the least."""


def show(flow: Flow, console: Console) -> None:
    """Print the analysis; tables without rows are left out."""
    ascii_only = console.options.ascii_only
    console.print(Text(sentence(flow), style="bold"))
    if made_up := simulated_history(flow):
        console.print(Text(f"SIMULATED: {plain(made_up)}", style="bold yellow"))
    drawn = figures(flow)
    tables = (
        _remedies(flow),
        _targets(flow, ASCII_LEVELS if ascii_only else LEVELS),
        _loads(drawn, ascii_only=ascii_only),
        _days(drawn),
        _people(drawn, "#" if ascii_only else "█", "." if ascii_only else "░"),
    )
    for table in tables:
        if table.row_count:
            console.print()
            console.print(table)
    if below := _notes(flow):
        console.print()
        console.print(Text("\n".join(below), style="dim"))


def spark(values: Sequence[float], levels: str = LEVELS) -> str:
    """A line of blocks as high as the values, from 0 to the highest; at most SPARK of them, evenly chosen."""
    if not values:
        return ""
    step = max(1.0, len(values) / SPARK)
    some = [values[int(n * step)] for n in range(min(len(values), SPARK))]
    top = max(*some, 0.0)
    last = len(levels) - 1
    return "".join(levels[round(last * value / top)] if top > 0 else levels[0] for value in some)


def load_bar(load: Load, most: float, *, ascii_only: bool) -> Text:
    """A load as a bar with a mark at 100 %: red over it, yellow from 85 % on."""
    full, mark = ("#", "|") if ascii_only else ("█", "│")
    filled = min(BAR, round(BAR * load.load / most))
    at = min(BAR - 1, round(BAR / most))
    drawn = "".join(mark if n == at else full if n < filled else " " for n in range(BAR))
    return Text(drawn.rstrip(), style="red" if load.load > 1 else "yellow" if load.load > 0.85 else "green")  # noqa: PLR2004 - the two lines


def _remedies(flow: Flow) -> Table:
    table = table_of("What would help", ("change",), ("load now", "after", "accepted"))
    names = cells_of(flow)
    for one in flow.bottlenecks:
        for remedy in one.remedies:
            now, after = (share_of(load) for load in (one.load, remedy.load_after))
            table.add_row(Text(upper(said(remedy.change, names))), now, after, gain(remedy.throughput_gain))
    return table


def _targets(flow: Flow, levels: str) -> Table:
    targets = sorted(flow.forecast.targets.items(), key=lambda pair: (pair[1].probability, pair[0]))
    table = table_of(
        "Targets, the least likely first",
        ("cell",),
        ("target", "so far", "likely", "short", "85 in 100 by"),
        _more(len(targets) - MOST_ROWS, "targets"),
    )
    table.add_column("accepted", no_wrap=True)
    for cell, one in targets[:MOST_ROWS]:
        table.add_row(
            Text(upper(called(cell))), *_target(one, flow), spark([point[3] for point in one.fan], levels)
        )
    return table


def _target(one: TargetForecast, flow: Flow) -> tuple[str, ...]:
    late = the_day(one.p85, flow.as_of) if one.p85 else share(None)
    return count(one.target), count(one.accepted), percent(one.probability), count(one.shortfall), late


def _loads(drawn: Figures, *, ascii_only: bool) -> Table:
    table = table_of(
        "How much is asked of whom; the mark is 100 %",
        ("work",),
        ("load", "between", "people", "h there", "h needed"),
        _more(len(drawn.loads) - MOST_ROWS, "kinds of work"),
    )
    table.add_column("", no_wrap=True)
    for one in drawn.loads[:MOST_ROWS]:
        interval = between(*one.interval) if one.interval else share(None)
        figures_of = count(one.people), hours(one.hours_available), hours(one.hours_needed)
        name = Text(upper(called(one.resource)) + (" (declared)" if one.basis == "declared" else ""))
        bar = load_bar(one, drawn.most_load, ascii_only=ascii_only)
        table.add_row(name, percent_of(one.load), interval, *figures_of, bar)
    return table


def _days(drawn: Figures) -> Table:
    table = table_of(
        "Where the days go, for a finished task", ("cell", "most of it"), ("tasks", "days", "worked at")
    )
    cells = drawn.days.cells if drawn.days else ()
    for one in sorted(cells, key=lambda cell: -cell.total)[:MOST_ROWS]:
        parts = sorted(day_parts(one), key=lambda part: -part.amount)[:2]
        most = ", ".join(f"{part.name} {tenth(part.amount)}" for part in parts if part.amount)
        name = Text(upper(called(one.cell)))
        table.add_row(name, most, count(one.tasks), tenth(one.total / 24), share(one.flow_efficiency))
    return table


def _people(drawn: Figures, busy: str, waiting: str) -> Table:
    everybody = drawn.hours.people if drawn.hours else ()
    half = PEOPLE // 2
    shown = everybody if len(everybody) <= PEOPLE else (*everybody[:half], *everybody[-half:])
    table = table_of(
        "People's hours, those who wait for work the most first",
        ("person",),
        ("busy", "waiting", "busy share"),
        _between(len(everybody) - len(shown)),
    )
    table.add_column("", no_wrap=True)
    for one in shown:
        worked = one.labeling + one.adjudicating
        filled = round(BAR * (one.busy_share or 0.0))
        bar = busy * filled + waiting * (BAR - filled)
        table.add_row(
            name_of(one.person), f"{hours(worked)} h", f"{hours(one.starved)} h", share(one.busy_share), bar
        )
    return table


def _notes(flow: Flow) -> list[str]:
    names = cells_of(flow)
    doubts = [said(doubt, names) for one in flow.bottlenecks for doubt in one.doubts]
    noted = [plain(note) for note in notes(flow)]
    coverage = (
        [past(flow.forecast.coverage)]
        if not flow.forecast.coverage.calibrated and flow.forecast.targets
        else []
    )
    return [upper(line) for line in (*doubts, *coverage, *noted)]


def share_of(load: float | None) -> str:
    """A load in per cent, or a dash."""
    return share(None) if load is None else percent_of(load)


def _between(number: int) -> str | None:
    return f"and {many(number, 'person')} between these; --html and --json show all" if number > 0 else None


def _more(number: int, what: str) -> str | None:
    return f"and {count(number)} {what} more; --html and --json show all" if number > 0 else None
