"""The commands of every day: make a project, start and stop Label Studio, see how things stand."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.cli.app import EVERYDAY, LOOKING, AsJson, app
from pipeline.cli.flowing import AsOf

if TYPE_CHECKING:
    from schemas.records import Record

DATABASE_VARIABLE = "HEADRACE_DATABASE"
SHOWN = 100
"""How much of a value `init` shows."""


@app.command(rich_help_panel=EVERYDAY)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new project's folder.")],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A file of problems: JSONL, Parquet, CSV, a JSON list, a Label Studio export.",
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option("--task", metavar="TYPE", help="step_review, code_review or preference_pair."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a project from a file of problems, showing three rows as they would be read."""
    from pipeline.cli.output import show, tell
    from pipeline.init import create

    made = create(folder, source=source, task=task, name=None)

    rows = [] if made.guess is None else [_as_read(record) for record in made.guess.records]

    def people() -> None:
        for number, row in enumerate(rows, start=1):
            tell(f"row {number} would be read as")
            for name, value in row.items():
                tell(f"  {name:<21} {_short(value)}")
        tell(f"wrote {made.project}; look it over, then: headrace -C {folder} up, headrace -C {folder} run")

    show(as_json, {"project": made.project, "rows": rows}, people)


def _as_read(record: "Record") -> dict[str, Any]:
    """A record as a newcomer wants to see it: what is set, without where it comes from."""
    return record.model_dump(mode="json", exclude_defaults=True, exclude_none=True, exclude={"source"})


def _short(value: object) -> str:
    import json

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


@app.command(rich_help_panel=EVERYDAY)
def up(
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, help="The port to listen at (default: the last one, or 8080)."
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            envvar=DATABASE_VARIABLE,
            metavar="URL",
            help="Keep its data in PostgreSQL, at postgresql://user@host:port/name; remembered. "
            "The password comes from PGPASSWORD or stands in the URL.",
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(
            "--public-url",
            metavar="URL",
            help="Where people reach it through a web server, as https://labels.example.org; remembered.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start this project's own Label Studio, and wait until it answers."""
    from pipeline.cli.output import note, show, tell
    from pipeline.cli.session import read_project
    from pipeline.label_studio import outside, server
    from pipeline.label_studio.accounts import invite_link
    from pipeline.label_studio.database import parse
    from pipeline.label_studio.surroundings import public
    from schemas.errors import LabelStudioError

    folder, project = read_project()
    if url := outside.address():
        raise LabelStudioError(
            f"headrace up: starts this project's own server, but {outside.URL_VARIABLE} names {url}; "
            "unset it, or go on without `up`"
        )
    wished = parse(database) if database else None
    front = public(public_url) if public_url else None
    if database and database != os.environ.get(DATABASE_VARIABLE):
        _mind_password(database)
    running = server.up(folder, port=port, database=wished, public_url=front, report=note)
    credentials = server.credentials_file(folder)
    invite = invite_link(running.url, running.token).replace(running.url, running.address, 1)
    warnings = _warnings(max(server.people_on_sqlite(folder), 0 if running.database else len(project.people)))

    def people() -> None:
        tell(f"Label Studio  {running.address}")
        tell(f"sign in as    {running.username}, password in {credentials} (readable by you alone)")
        tell(f"invite people {invite}")

    content = {
        "url": running.url,
        "public_url": running.public_url,
        "database": str(running.database) if running.database else "SQLite",
        "username": running.username,
        "credentials": credentials,
        "invite_link": invite,
        "warnings": warnings,
    }
    for warning in warnings:
        note(f"warning: {warning}")
    show(as_json, content, people)


def _mind_password(database: str) -> None:
    from pipeline.cli.output import note
    from pipeline.label_studio.database import shows_password

    if shows_password(database):
        note(
            "warning: a password on the command line can be seen in the list of processes; "
            f"put it into PGPASSWORD, or the whole URL into {DATABASE_VARIABLE}"
        )


def _warnings(people_on_sqlite: int) -> list[str]:
    from pipeline.care.surroundings import shared_sqlite

    warning = shared_sqlite(people_on_sqlite)
    return [warning] if warning else []


@app.command(rich_help_panel=EVERYDAY)
def down(as_json: AsJson = False) -> None:
    """Stop the project's own Label Studio; what is in it stays."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import project_folder
    from pipeline.label_studio import server

    stopped = server.down(project_folder())
    show(as_json, {"stopped": stopped}, lambda: tell("stopped" if stopped else "was not running"))


@app.command(rich_help_panel=EVERYDAY)
def status(as_json: AsJson = False) -> None:
    """Say whether Label Studio runs, what the store holds, and which state the tasks are in."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.label_studio import server
    from pipeline.report.status import STATUS, counts, states

    with reading() as (folder, project, store):
        found = server.status(folder)
        content: dict[str, Any] = {
            "label_studio": found.model_dump(include={"url", "public_url", "version", "running"}),
            "counts": counts(store, STATUS),
            "states": states(store),
        }

    def people() -> None:
        address = found.public_url or found.url
        how = f"runs at {address}" if found.running else "does not run; start it with: headrace up"
        tell(f"{project.name}: Label Studio {how}")
        tell("  ".join(f"{name} {count:,}" for name, count in content["counts"].items()))
        tell(
            "tasks: "
            + ("  ".join(f"{name} {count:,}" for name, count in content["states"].items()) or "none")
        )

    show(as_json, content, people)


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
        total = store.value(f"SELECT count(*) FROM rejects WHERE {condition}", params)  # noqa: S608 - ours
    for row in rows:
        row["evidence"] = json.loads(row["evidence"])

    def people() -> None:
        for row in rows:
            tell(f"{row['stage']:<9} {row['reason']}: {row['detail']}")
        tell(f"{total:,} rejects" + (f", {limit:,} shown" if total > limit else ""))

    show(as_json, {"total": total, "rejects": rows}, people)
