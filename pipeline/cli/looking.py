"""The commands that show how things stand: the report, and what was refused."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.app import EVERYDAY, LOOKING, AsJson, app
from pipeline.cli.flowing import AsOf


@app.command(rich_help_panel=EVERYDAY)
def report(  # noqa: PLR0913, PLR0917 - one a flag
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one HTML file.")
    ] = None,
    as_of: AsOf = None,
    forecast: Annotated[
        bool, typer.Option(" /--no-forecast", show_default=False, help="Leave out what comes when: faster.")
    ] = True,
    by: Annotated[
        Literal["team", "person", "cell"] | None,
        typer.Option("--by", help="Hours and work instead, a line for each."),
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE|-", help="With --by: write it as CSV; - is stdout.")
    ] = None,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="List the alerts that were raised instead, the newest first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what holds the labeling back, when it will be done, and how things stand."""
    from pipeline.cli import reporting
    from pipeline.cli.flowing import moment_or_now

    reporting.check(by=by, csv_file=csv_file, html_file=html_file, alerts=alerts, as_json=as_json)
    if alerts:
        reporting.show_alerts(as_json=as_json)
    elif by is not None:
        reporting.show_bills(by, moment_or_now(as_of), csv_file, as_json=as_json)
    else:
        reporting.show_report(moment_or_now(as_of), html_file, forecast=forecast, as_json=as_json)


@app.command(rich_help_panel=LOOKING)
def rejects(
    stage: Annotated[str | None, typer.Option("--stage", help="Only those of one stage.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what the stages refused, with the reasons."""
    import json

    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading

    with reading() as (_, _, store):
        condition, params = ("stage = ?", [stage]) if stage else ("true", [])
        rows = store.rows(
            f"SELECT stage, subject, reason, detail, evidence, rejected_at FROM rejects WHERE {condition} "  # noqa: S608 - ours
            "ORDER BY rejected_at DESC, reject_id LIMIT ?",
            [*params, limit],
        )
        counted = store.rows(
            f"SELECT reason, count(*) AS number FROM rejects WHERE {condition} GROUP BY reason "  # noqa: S608 - ours
            "ORDER BY number DESC, reason",
            params,
        )
    reasons = {row["reason"]: row["number"] for row in counted}
    total = sum(reasons.values())
    for row in rows:
        row["evidence"] = json.loads(row["evidence"])

    def people() -> None:
        for row in rows:
            tell(f"{row['stage']:<9} {row['reason']}: {row['detail']}")
        tell(f"{total:,} rejects" + (f", {limit:,} shown" if total > limit else ""))
        if len(reasons) > 1:
            tell(", ".join(f"{number:,} {reason}" for reason, number in reasons.items()))

    show(as_json, {"total": total, "reasons": reasons, "rejects": rows}, people)
