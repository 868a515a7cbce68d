"""What a Label Studio refuses, in the same words whether it is a real one or in memory."""

from collections.abc import Sequence

from pipeline.label_studio.base import MARKER
from schemas.errors import LabelStudioRefused


def check_ours(project_id: int, lines: Sequence[str]) -> None:
    """Raise LabelStudioRefused unless a line of a project's description says that it is ours to write to."""
    if not any(line.startswith(MARKER) for line in lines):
        raise LabelStudioRefused(
            f"project {project_id} in Label Studio: expected a line {MARKER + ' …'!r} in its description, "
            "found none; headrace writes to projects of its own only: restore the line if somebody removed it"
        )


def check_address(person_id: int, email: str, asked: str) -> None:
    """Raise LabelStudioRefused where an account kept its address though another was asked for."""
    if email != asked:
        raise LabelStudioRefused(
            f"account {person_id} in Label Studio: expected its address to go with its names, found that "
            "Label Studio keeps addresses; delete the account there to be rid of it"
        )
