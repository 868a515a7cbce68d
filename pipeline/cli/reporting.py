"""The three things that `headrace report` shows: the report, the bill, the alerts."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.progress.metrics.billing import By

STDOUT = Path("-")


def check(
    *, by: str | None, csv_file: Path | None, html_file: Path | None, alerts: bool, as_json: bool
) -> None:
    """Refuse options that do not go together."""
    if csv_file is not None and by is None:
        raise UsageError("--csv: goes with --by, which is missing; add --by team, person or cell")
    if csv_file == STDOUT and as_json:
        raise UsageError(
            "report: one of --csv - and --json was expected, found both; stdout takes one of them"
        )
    given = [name for name, one in (("--by", by), ("--html", html_file), ("--alerts", alerts)) if one]
    if len(given) > 1:
        raise UsageError(f"report: one of --by, --html, --alerts was expected, found {' and '.join(given)}")


def show_report(as_of: datetime, html_file: Path | None, *, forecast: bool, as_json: bool) -> None:
    """The flow, then how things stand now; where the analysis fails, that is one line, and the rest is shown."""
    from pipeline.cli.flowing import looked_at
    from pipeline.cli.output import draw, note, show
    from pipeline.cli.session import reading
    from pipeline.report import flow_terminal, html, progress, terminal

    with reading() as (folder, project, store):
        measured = progress.measure(store, project, datetime.now(UTC))
        flow, fault = looked_at(store, project, folder, as_of, forecast=forecast)
    if fault:
        note(fault)
    if html_file is not None:
        html.write(measured, html_file, flow)
        note(f"wrote {html_file}")

    def people(console: "Console") -> None:
        if flow is not None:
            flow_terminal.show(flow, console)
            console.print()
        terminal.show(measured, console)

    analysed = json.loads(flow.model_dump_json()) if flow is not None else None
    show(as_json, {**measured.to_json(), "flow": analysed}, lambda: draw(people))


def show_bills(by: "By", as_of: datetime, csv_file: Path | None, *, as_json: bool) -> None:
    """Hours and work by team, person or cell, people under their pseudonyms."""
    from pipeline.cli.output import draw, note, show
    from pipeline.cli.session import reading
    from pipeline.progress import bills as billed
    from pipeline.report import bills

    with reading() as (_, project, store):
        found = billed.bills_of(store, project, as_of, by)
    if csv_file == STDOUT:
        sys.stdout.write(bills.to_csv(by, found))
        return
    if csv_file is not None:
        bills.write(by, found, csv_file)
        note(f"wrote {csv_file}: {len(found):,} lines")
    content = {"by": by, "as_of": as_of, "rows": [bills.row(by, one) for one in found]}
    show(as_json, content, lambda: draw(lambda console: console.print(bills.table(by, found))))


def show_alerts(*, as_json: bool) -> None:
    """The alerts that `watch` raised, the newest first."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from schemas.snapshots import AlertFact

    with reading() as (_, _, store):
        raised = sorted(store.facts(AlertFact), key=lambda one: one.raised_at, reverse=True)

    def people() -> None:
        for one in raised:
            tell(f"{one.raised_at:%Y-%m-%d %H:%M}  {one.kind:<18}  {one.said}")
        tell(f"{len(raised):,} alerts" + ("" if raised else "; `headrace watch` raises them"))

    show(as_json, {"alerts": [one.model_dump(mode="json", exclude={"alert_id"}) for one in raised]}, people)
