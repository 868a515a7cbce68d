"""Which Label Studio a project's tasks are in: one, and always the same."""

from pipeline.context import Context
from schemas.errors import LabelStudioError


def check_server(ctx: Context) -> None:
    """Refuse to speak to another Label Studio than the one that holds this project's tasks."""
    other = ctx.store.value("SELECT server FROM remote_projects WHERE server <> ? LIMIT 1", [ctx.server])
    if other is None:
        return
    way = (
        "unset HEADRACE_LABEL_STUDIO_URL" if other == "embedded" else f"set HEADRACE_LABEL_STUDIO_URL={other}"
    )
    raise LabelStudioError(
        f"Label Studio: this project's tasks are in {other!r}, found {ctx.server!r}; {way}"
    )
