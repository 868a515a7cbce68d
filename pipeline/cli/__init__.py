"""The command line: one command a stage, built from the stage's name and docstring, and those around them."""

import sys

from pipeline.cli.app import app
from pipeline.cli.faults import exit_code_of
from pipeline.cli.printing import prepare_streams

__all__ = ["app", "main", "register"]


def register() -> None:
    """Have every command known, in the order of --help."""
    from pipeline.cli import (  # noqa: F401 - for their commands
        adopt,
        analyse,
        care,
        demo,
        diffs,
        disputes,
        everyday,
        exporting,
        flow,
        gold,
        labels,
        lineages,
        looking,
        people,
        publishing,
        records,
        releases,
        serve,
        signing,
        stages,
        steering,
        suspects,
        verifies,
        why,
    )


def main() -> None:
    """Run one command; whatever goes wrong is one line on stderr and an exit code."""
    register()
    prepare_streams()
    sys.exit(exit_code_of(app, sys.argv[1:]))
