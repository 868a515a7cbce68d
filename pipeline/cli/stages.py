"""One command a stage, and those that run them all."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import EVERYDAY, STAGES, AsJson, Wait, app
from pipeline.stages import STAGES as NAMES
from pipeline.stages import load, sentence

if TYPE_CHECKING:
    from pipeline.context import Tally

AGAIN = ("generate", "push")
"""What comes once more where tasks were settled or disputed, so that Label Studio follows at once."""

BEHIND = ("verify", "generate")
"""What sees nothing of records that nobody has screened."""


def _run(name: str, wait: float) -> "Tally":
    from pipeline.cli.output import note
    from pipeline.cli.session import writing
    from pipeline.context import run_stage
    from pipeline.stages.screen import UNSCREENED

    with writing(name, wait) as ctx:
        tally = run_stage(ctx, name, load(name))
        waiting: int = ctx.store.value(UNSCREENED) if name in BEHIND else 0
    if waiting:
        note(
            f"{name}: {waiting:,} records wait to be screened; next: headrace screen, or headrace run for all stages"
        )
    return tally


def _command(name: str) -> Callable[..., None]:
    def command(wait: Wait = 60.0, as_json: AsJson = False) -> None:
        from pipeline.cli.output import show, tally_line, tell

        tally = _run(name, wait)
        show(as_json, tally.to_json(name), lambda: tell(tally_line(name, tally)))

    command.__doc__ = sentence(name)
    return command


@app.command(rich_help_panel=EVERYDAY)
def run(wait: Wait = 60.0, as_json: AsJson = False) -> None:
    """Run every stage from ingest to resolve once, and have Label Studio follow what was settled."""
    from pipeline.cli.output import show, tally_line, tell

    tallies: dict[str, Tally] = {}
    names = list(NAMES)
    for name in names:
        tally = _run(name, wait)
        names += AGAIN if name == "resolve" and tally.done else ()
        if not as_json and (name not in tallies or tally.done):
            tell(tally_line(name, tally))
        if (before := tallies.setdefault(name, tally)) is not tally:
            before.add(tally)
    show(as_json, {"stages": [tally.to_json(name) for name, tally in tallies.items()]}, lambda: None)


@app.command(rich_help_panel=EVERYDAY)
def watch(
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0, max=86_400, help="The pause between rounds.")
    ] = 30.0,
    rounds: Annotated[
        int, typer.Option("--rounds", metavar="N", min=0, help="End after N rounds; 0 goes on.")
    ] = 0,
    report_every: Annotated[
        float,
        typer.Option(
            "--report-every", metavar="SECONDS", min=0, help="How often to look at the flow for what is new."
        ),
    ] = 3600.0,
    until_alert: Annotated[
        bool, typer.Option("--until-alert", help="End with exit code 4 once an alert was raised.")
    ] = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Run the stages again and again, until interrupted, and tell what is new in the flow."""
    from pipeline.alerts.webhook import from_environment
    from pipeline.cli.session import read_project
    from pipeline.cli.watching import Lookout
    from schemas.errors import AlertRaised

    read_project()
    number, told, lookout = 0, dict[str, str](), Lookout(report_every, from_environment())
    while True:
        number += 1
        done = _round(wait, told, as_json=as_json)
        looked = lookout.look(wait)
        if as_json:
            _tell_round({"round": number, "stages": done, **looked})
        if until_alert and lookout.raised:
            raise AlertRaised(
                f"watch: to go on until an alert was asked, {len(lookout.raised)} came; see: headrace report --alerts"
            )
        if number == rounds:
            return
        time.sleep(every)


def _tell_round(content: dict[str, Any]) -> None:
    import json

    from pipeline.cli.output import tell

    tell(json.dumps(content))


def _round(wait: float, told: dict[str, str], *, as_json: bool) -> list[dict[str, Any]]:
    """One round; what goes wrong (a server away, a project.toml half edited) is told and tried again in the next."""
    from pipeline.cli.output import note, tally_line, tell
    from schemas.errors import HeadraceError

    done: list[dict[str, Any]] = []
    names = list(NAMES)
    for name in names:
        try:
            tally = _run(name, wait)
        except HeadraceError as error:
            if told.get(name) != str(error):
                note(f"{name}: {error}")
            told[name] = str(error)
            done.append({"stage": name, "error": str(error)})
            continue
        told.pop(name, None)
        names += AGAIN if name == "resolve" and tally.done else ()
        done.append(tally.to_json(name))
        if not as_json and (tally.done or tally.rejected):
            tell(tally_line(name, tally))
    return done


for _name in NAMES:
    app.command(_name, rich_help_panel=STAGES)(_command(_name))
