"""The command line's root, its groups and the options that several commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

EVERYDAY = "Everyday"
STAGES = "Stages (each can be run again at any time)"
STEERING = "Steering"
RELEASES = "Releases"
LOOKING = "Looking closer"
FILES = "Files (no project and no server needed)"

GROUPS = (EVERYDAY, STAGES, STEERING, RELEASES, LOOKING, FILES)


class Grouped(typer.core.TyperGroup):
    """Help in plain text, commands by their groups: rich's help costs a quarter of a second at every --help."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - click's own
        for group in GROUPS:
            commands = [
                (name, command.get_short_help_str(limit=100))
                for name, command in self.commands.items()
                if getattr(command, "rich_help_panel", None) == group
            ]
            if commands:
                with formatter.section(group):
                    formatter.write_dl(commands)


app = typer.Typer(
    name="headrace",
    cls=Grouped,
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A data-labeling pipeline for reasoning and coding datasets on Label Studio.",
)


@dataclass
class Chosen:
    """What was said before the command's name."""

    folder: Path | None = None


chosen = Chosen()

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout, and nothing else.")]
Wait = Annotated[
    float,
    typer.Option(
        "--wait", metavar="SECONDS", min=0, help="How long to wait for another command that writes."
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the record.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"headrace {version('headrace')}")
        raise typer.Exit


@app.callback()
def root(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--project",
            "-C",
            metavar="DIR",
            help="The project's folder (default: the nearest, from here up).",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Bring problems to people, their judgements to training, and show what holds the labeling back."""
    chosen.folder = folder
