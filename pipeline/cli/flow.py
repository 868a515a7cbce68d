"""`headrace what-if`: the forecast with a change, beside the forecast without it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import STEERING, AsJson, app
from pipeline.cli.flowing import AsOf, moment_of, moment_or_now

if TYPE_CHECKING:
    from pipeline.progress.asking import Answer
    from pipeline.progress.forecast.whatif import Question


def _many(name: str, metavar: str, text: str) -> Any:  # noqa: ANN401 - typer's own
    return typer.Option(name, metavar=metavar, help=text)


@app.command("what-if", rich_help_panel=STEERING)
def what_if(  # noqa: PLR0913, PLR0917 - one a flag
    add: Annotated[
        list[str] | None,
        _many("--add", "CELL:PEOPLE[@DAY][:HOURS]", "More people, as zh/code_review:1@2026-12-07:20."),
    ] = None,
    adjudicators: Annotated[
        list[str] | None, _many("--adjudicators", "PEOPLE[@DAY][:HOURS]", "More adjudicators.")
    ] = None,
    remove: Annotated[
        list[str] | None, _many("--remove", "PERSON[@DAY]", "Somebody less, by pseudonym.")
    ] = None,
    hours: Annotated[
        list[str] | None, _many("--hours", "PERSON=HOURS", "Other hours a week for somebody.")
    ] = None,
    overlap: Annotated[
        list[str] | None, _many("--overlap", "[TYPE:]VOTES", "Another number of votes a task.")
    ] = None,
    plan: Annotated[
        list[str] | None, _many("--plan", "CELL=TASKS", "Another number of tasks a week.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE", help="Ask of this event log, with no project.")
    ] = None,
    team: Annotated[
        Path | None, typer.Option("--team", metavar="FILE", help="With --events: the team, TOML or JSON.")
    ] = None,
    as_of: AsOf = None,
    runs: Annotated[
        int, typer.Option("--runs", metavar="N", min=1, max=10_000, help="Simulations of each forecast.")
    ] = 60,
    as_json: AsJson = False,
) -> None:
    """Show what a change to people, overlap or plan would do to targets and loads."""
    from pipeline.cli.output import draw, show

    given = {
        "add": add, "adjudicators": adjudicators, "remove": remove, "hours": hours, "overlap": overlap, "plan": plan,
    }  # fmt: skip
    question = _question(given, runs)
    found = (
        _of_project(question, moment_or_now(as_of))
        if events is None
        else _of_files(events, team, as_of, question)
    )

    def people() -> None:
        from pipeline.report import what_if as in_terminal

        draw(lambda console: in_terminal.show(found.forecasts, found.loads, found.as_of, console))

    show(as_json, _content(found, given), people)


def _question(given: dict[str, list[str] | None], runs: int) -> "Question":
    from pipeline.progress.forecast.changes import change
    from pipeline.progress.forecast.whatif import Question
    from schemas.errors import UsageError

    changes = tuple(change(kind, text) for kind, texts in given.items() for text in texts or ())
    if not changes:
        raise UsageError(
            "what-if: a change was expected, there is none; add one, such as --add zh/code_review:1"
        )
    return Question(changes, runs)


def _of_project(question: "Question", as_of: datetime) -> "Answer":
    from pipeline.cli.session import reading
    from pipeline.progress.asking import ask_project

    with reading() as (folder, project, store):
        return ask_project(store, project, folder, as_of, question)


def _of_files(events: Path, team: Path | None, as_of: str | None, question: "Question") -> "Answer":
    from pipeline.progress.asking import ask
    from pipeline.store.log import EventLog
    from schemas.team import Team, read_team

    moment = moment_of(as_of) if as_of else None
    who = read_team(team) if team else Team()
    with EventLog.of_file(events, moment) as log:
        return ask(log, who, moment, question)


def _content(found: "Answer", given: dict[str, list[str] | None]) -> dict[str, Any]:
    forecasts = found.forecasts.model_dump(mode="json")
    return {
        "as_of": found.as_of,
        "changes": [f"--{kind} {text}" for kind, texts in given.items() for text in texts or ()],
        "targets": forecasts["targets"],
        "loads": {
            before.resource: {"before": before.load, "after": after.load if after else None}
            for before, after in found.loads
        },
        "before": forecasts["before"],
        "after": forecasts["after"],
    }
