"""The commands of every day: make a project, start and stop Label Studio, see how things stand."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import EVERYDAY, AsJson, app

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
        typer.Option(
            "--task",
            metavar="TYPE",
            help="What people are asked: step_review, first_error, code_review, preference_pair, …",
        ),
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
        here = "" if folder.resolve() == Path.cwd() else f" -C {folder}"
        tell(f"wrote {made.project}; look it over, then: headrace{here} up, headrace{here} run")

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
def up(  # noqa: PLR0913, PLR0917 - one a flag
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            min=1,
            max=65535,
            help="The port Label Studio listens at (default: the last one, or 8080).",
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
    door: Annotated[
        bool | None,
        typer.Option(
            "--door/--no-door",
            help="Open the annotators' door too, for this machine alone; remembered. --no-door shuts it for good.",
        ),
    ] = None,
    lan: Annotated[
        bool,
        typer.Option("--lan", help="Open the door to the network this machine is in, and only the door."),
    ] = False,
    public_url: Annotated[
        str | None,
        typer.Option(
            "--public-url",
            metavar="URL",
            help="Open the door behind a web server, where people reach it as https://labels.example.org; "
            "with --no-door it is Label Studio itself that stands there. Remembered.",
        ),
    ] = None,
    door_port: Annotated[
        int | None,
        typer.Option(
            "--door-port", min=1, max=65535, help="The port of the door (default: the last one, or 8800)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start this project's own Label Studio, and the door where it is wanted; wait until they answer."""
    from pipeline.cli import doors
    from pipeline.cli.output import note, show
    from pipeline.cli.session import read_project
    from pipeline.label_studio import outside

    folder, project = read_project()
    wish = doors.wish(folder, door=door, lan=lan, public_url=public_url, port=door_port)
    content: dict[str, Any] = {"door": None, "warnings": []}
    if door is False:
        doors.shut(folder)
    if not (outside.address() and (wish or door is False)):
        front = public_url if door is False else None
        content |= _label_studio(folder, len(project.people), port=port, database=database, front=front)
    if wish:
        content |= doors.open_it(folder, wish)
    for warning in content["warnings"]:
        note(f"warning: {warning}")
    show(as_json, content, lambda: _told(content))


def _label_studio(
    folder: Path, people: int, *, port: int | None, database: str | None, front: str | None
) -> dict[str, Any]:
    """Start Label Studio; what `up --json` prints of it."""
    from pipeline.cli.output import note
    from pipeline.label_studio import outside, server
    from pipeline.label_studio.accounts import invite_link
    from pipeline.label_studio.database import parse
    from pipeline.label_studio.surroundings import public
    from schemas.errors import LabelStudioError

    if url := outside.address():
        raise LabelStudioError(
            f"headrace up: starts this project's own server, but {outside.URL_VARIABLE} names {url}; "
            "unset it, or go on without `up`; --door, --lan or --public-url open the door before that server"
        )
    wished = parse(database) if database else None
    public_url = public(front) if front else None
    if database and database != os.environ.get(DATABASE_VARIABLE):
        _mind_password(database)
    running = server.up(folder, port=port, database=wished, public_url=public_url, report=note)
    invite = invite_link(running.url, running.token).replace(running.url, running.address, 1)
    return {
        "url": running.url,
        "public_url": running.public_url,
        "database": str(running.database) if running.database else "SQLite",
        "username": running.username,
        "credentials": server.credentials_file(folder),
        "invite_link": invite,
        "warnings": _warnings(max(server.people_on_sqlite(folder), 0 if running.database else people)),
    }


def _told(content: dict[str, Any]) -> None:
    from pipeline.cli import doors
    from pipeline.cli.output import tell

    if "url" in content:
        tell(f"Label Studio  {content['public_url'] or content['url']}")
        tell(
            f"sign in as    {content['username']}, password in {content['credentials']} (readable by you alone)"
        )
    if content["door"]:
        doors.tell_of(content["door"])
    elif "invite_link" in content:
        tell(f"invite people {content['invite_link']}")


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
    """Stop the door and the project's own Label Studio; what is in them stays."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import project_folder
    from pipeline.door import process
    from pipeline.label_studio import server

    folder = project_folder()
    shut = process.down(folder)
    stopped = server.down(folder)
    content = {"stopped": stopped, "door_stopped": shut}
    show(as_json, content, lambda: tell("stopped" if stopped or shut else "was not running"))


@app.command(rich_help_panel=EVERYDAY)
def status(as_json: AsJson = False) -> None:
    """Say whether Label Studio and the door run, what the store holds, and which state the tasks are in."""
    from pipeline.cli import doors
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.label_studio import server
    from pipeline.ledger import standing
    from pipeline.report.status import STATUS, counts, states

    with reading() as (folder, project, store):
        found, door = server.status(folder), standing.status(folder)
        content: dict[str, Any] = {
            "label_studio": found.model_dump(include={"url", "public_url", "version", "running"}),
            "door": door.model_dump(mode="json", include={"wanted", "running", "addresses"}),
            "counts": counts(store, STATUS),
            "states": states(store),
        }

    def people() -> None:
        address = found.public_url or found.url
        how = f"runs at {address}" if found.running else "does not run; start it with: headrace up"
        tell(f"{project.name}: Label Studio {how}")
        if door.wanted:
            tell(doors.standing(door))
        tell("  ".join(f"{name} {count:,}" for name, count in content["counts"].items()))
        tell(
            "tasks: "
            + ("  ".join(f"{name} {count:,}" for name, count in content["states"].items()) or "none")
        )

    show(as_json, content, people)
