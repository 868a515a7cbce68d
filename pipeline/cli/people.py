"""The commands about people: who is on the project, their invitation, their pauses, and forgetting them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.app import STEERING, AsJson, DryRun, Reason, Wait, app

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.planning.pausing import Undone
    from pipeline.report.people import Listed
    from schemas.people import Person

SUMMARY = "Say who labels what: add people, invite them, list, pause and forget them."

group = typer.Typer(name="people", rich_markup_mode=None, no_args_is_help=True, help=SUMMARY)
app.add_typer(group, rich_help_panel=STEERING)

Who = Annotated[str, typer.Argument(metavar="NAME", help="The name, the mail address or the pseudonym.")]


@group.command()
def add(  # noqa: PLR0913, PLR0917 - one a column of people.csv
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name of their own.")],
    email: Annotated[
        str, typer.Option("--email", metavar="ADDRESS", help="What they sign in with: votes are known by it.")
    ],
    cells: Annotated[
        list[str] | None,
        typer.Option(
            "--cells", metavar="CELL", help="Such as zh/step_review, or zh/code_review/*; again for more."
        ),
    ] = None,
    role: Annotated[
        Literal["annotator", "adjudicator", "lead"], typer.Option("--role", help="What they may do.")
    ] = "annotator",
    team: Annotated[str | None, typer.Option("--team", metavar="TEAM", help="Such as vendor-a.")] = None,
    weekly_hours: Annotated[
        float | None, typer.Option("--weekly-hours", metavar="HOURS", help="How long they label a week.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ZONE", help="Their time zone, such as Asia/Shanghai.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put somebody into people.csv, which git does not keep."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import read_project
    from pipeline.init import keep_out_of_git
    from schemas.people_file import with_person, write_people

    folder, project = read_project()
    given = {"name": name, "email": email, "cells": cells or (), "role": role}
    optional = {"team": team, "weekly_hours": weekly_hours, "zone": zone}
    listed = with_person(folder, project.people, given | {k: v for k, v in optional.items() if v is not None})
    keep_out_of_git(folder)
    path = write_people(folder, listed)

    def told() -> None:
        tell(f"{name} stands in {path}; next: headrace people invite {name!r}")

    show(as_json, {"name": name, "file": path, "people": len(project.people) + 1}, told)


@group.command()
def invite(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Write the invitation to this person.")
    ] = None,
    new: Annotated[
        bool,
        typer.Option("--new", help="At the door: end the links and browsers that they had before."),
    ] = False,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            metavar="FILE",
            help="At the door: the password of an account that they have in a Label Studio that runs elsewhere.",
        ),
    ] = None,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Print the link to come in by, in a letter to somebody where a name is given."""
    from pipeline.cli import inviting
    from pipeline.cli.session import project_folder
    from pipeline.ledger.state import wanted

    if door := wanted(project_folder()):
        inviting.by_door(door, name, new=new, password_file=password_file, wait=wait, as_json=as_json)
    else:
        inviting.to_label_studio(name, by_door=new or password_file is not None, as_json=as_json)


@group.command()
def revoke(name: Who, as_json: AsJson = False) -> None:
    """Shut somebody out of the door at once: their links, and the browsers they are in with."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.people.inviting import shut_out
    from pipeline.people.whos_who import find

    with reading() as (folder, project, store):
        ended = shut_out(folder, find(name, project.people, store))

    def told() -> None:
        tell(f"ended: {ended.links:,} links, {ended.sessions:,} browsers")
        tell(f"to let them in again: headrace people invite {name!r}")

    show(as_json, ended.model_dump(), told)


@group.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the project's people, and whoever else labeled."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.report.people import listed

    with reading() as (_, project, store):
        rows = listed(project, store)

    def told() -> None:
        for row in rows:
            tell(_line(row))
        if not project.people:
            tell("the project names nobody: everybody with an account may do everything")

    show(as_json, {"people": [row.model_dump(mode="json") for row in rows]}, told)


@group.command("show")
def show_(
    name: Who,
    markdown: Annotated[
        bool,
        typer.Option(
            "--markdown",
            help="Feedback to send them: only what they may know of themselves, nobody else in it.",
        ),
    ] = False,
    language: Annotated[
        Literal["en", "zh"], typer.Option("--language", help="What the feedback is written in.")
    ] = "en",
    as_json: AsJson = False,
) -> None:
    """Show how somebody works: known answers, agreement, what stands out with its evidence."""
    from pipeline.cli.output import draw, lines, show
    from pipeline.cli.session import reading
    from pipeline.door.desk.feedback import written
    from pipeline.people.whos_who import find
    from pipeline.report.person import person
    from pipeline.report.person import show as drawn

    with reading() as (_, project, store):
        somebody = find(name, project.people, store)
        if markdown:
            text = written(store, somebody, language)
            show(as_json, {"markdown": text}, lambda: lines(text))
            return
        found = person(store, somebody.annotators)
    show(as_json, found.model_dump(mode="json"), lambda: draw(lambda console: drawn(found, console)))


def _line(row: "Listed") -> str:
    who = "(forgotten)" if row.forgotten else row.name or row.email or ""
    marks = {"simulated": row.simulated, "paused": row.paused}
    seen = "no account seen" if row.pseudonym is None else f"{row.pseudonym}  {row.votes:,} votes"
    last = f", last {row.last_seen:%Y-%m-%d %H:%M}" if row.last_seen else ""
    role = "forgotten" if row.forgotten else row.role or "NOT ON THE PROJECT"
    where = " ".join(row.cells) or "all cells"
    return f"{who:<20} {role:<12} {where:<28} {seen}{last}" + "".join(
        f", {m}" for m, is_so in marks.items() if is_so
    )


@group.command()
def pause(
    name: Who,
    redo_since: Annotated[
        str | None,
        typer.Option(
            "--redo-since",
            metavar="DATE",
            help="Their votes since then stop counting too: 2026-12-31 (in their zone) or 2026-12-31T09:00Z.",
        ),
    ] = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Stop counting what somebody submits, or has submitted."""
    from pipeline.cli.output import show
    from pipeline.cli.session import reading, writing
    from pipeline.people.inviting import shut_out
    from pipeline.people.whos_who import find
    from pipeline.planning import pausing

    with reading() as (_, project, store):
        somebody = find(name, project.people, store)
        since = _moment(redo_since, somebody.person)
        lost = pausing.undone(project, store, somebody, since)
    if not dry_run:
        with writing("people pause", wait) as ctx:
            lost = pausing.pause(ctx, name, since, reason)
            shut_out(ctx.folder, somebody)
    content = {"paused": not dry_run, "dry_run": dry_run, "redo_since": since, **lost.model_dump(mode="json")}
    show(as_json, content, lambda: _tell(lost, dry_run=dry_run))


def _moment(text: str | None, person: "Person | None") -> "datetime | None":
    """A day as its first moment where the person is, or a moment; UsageError where it is neither, or yet to come."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from schemas.errors import UsageError

    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
        moment = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(person.zone if person else "UTC"))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"--redo-since: should be a day such as 2026-12-31, is {text!r}; mend it") from None
    if moment > datetime.now(UTC):
        raise UsageError(
            f"--redo-since: should be past, is {text!r}; without it only what comes now is left out"
        )
    return moment


def _tell(lost: "Undone", *, dry_run: bool) -> None:
    from pipeline.cli.output import tell

    decisions = f" and {lost.decisions:,} decisions" if lost.decisions else ""
    hours = "an unknown time" if lost.hours is None else f"{lost.hours:,.1f} hours"
    tell(f"{lost.votes:,} votes{decisions} stop counting, {lost.tasks:,} settled tasks open again")
    tell(f"{hours} of people replace them")
    tell("nothing is changed, for --dry-run" if dry_run else "paused; the next headrace run acts on it")


@group.command()
def resume(name: Who, wait: Wait = 60.0, as_json: AsJson = False) -> None:
    """Count again what somebody submits from now on."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import writing
    from pipeline.planning import pausing

    with writing("people resume", wait) as ctx:
        was_paused = pausing.resume(ctx, name)
    show(as_json, {"resumed": was_paused}, lambda: tell("resumed" if was_paused else "was not paused"))


@group.command()
def forget(
    name: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Erase somebody's name and address; their votes stay."""
    from pipeline import opening
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import read_project
    from pipeline.people.forgetting import forget as forget_them

    folder, project = read_project()
    if not _meant(name, yes=yes):
        show(as_json, {"forgotten": [], "left": []}, lambda: tell("nothing was changed"))
        return
    done = forget_them(folder, project, opening.usual(folder), name, wait)

    def told() -> None:
        tell(f"forgotten: {', '.join(done.annotators) or 'no account was known'}; what was said stays")
        for line in done.left:
            tell(f"still there: {line}")

    show(as_json, {"forgotten": done.annotators, "left": done.left}, told)


def _meant(name: str, *, yes: bool) -> bool:
    from schemas.errors import UsageError

    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "people forget: cannot be undone and there is nobody to ask; say --yes if it is meant"
        )
    return typer.confirm(f"Erase the name and the address of {name!r} for good?", err=True)
