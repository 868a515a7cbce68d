"""Headrace as a process of its own, to be killed: `python -m tests.pipeline.faults.headrace_process URL TOKEN …`."""

import sys
from pathlib import Path

from pipeline.context import Quiet, run_stage
from pipeline.label_studio.client import connect
from pipeline.opening import Studio, writing
from pipeline.stages import STAGES, load
from schemas.errors import HeadraceError
from schemas.project import read_project

NAME = "the server under test"
TIMEOUT, PATIENCE = 20.0, 8.0


def studio(url: str, token: str) -> Studio:
    """A Label Studio whose answers are not waited for as long as those of a real one."""
    return Studio(NAME, lambda: connect(url, token, timeout=TIMEOUT, patience=PATIENCE))


def run(folder: Path, url: str, token: str, *stages: str) -> int:
    """Run stages; how much they did. What goes wrong between us and the server is left to the next run."""
    with writing(folder, read_project(folder), studio(url, token), "run", wait=120, progress=Quiet()) as ctx:
        return sum(run_stage(ctx, name, load(name)).done for name in stages or STAGES)


if __name__ == "__main__":
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    try:
        run(Path(sys.argv[3]), sys.argv[1], sys.argv[2], *sys.argv[4:])
    except HeadraceError as error:
        sys.exit(str(error))
