"""The guideline of a task type as it stands today, and as Label Studio shows it."""

import re
from pathlib import Path

from pipeline.context import Context
from schemas.base import content_id
from schemas.errors import ProjectError
from tasks import guideline

_FENCE = re.compile(r"\s*(```|~~~)")
_BEGINS_ANEW = re.compile(r"\s*([-*+] |\d+[.)] |#|\||>|$)")
_ENDS = re.compile(r"\s*(#|\||$)")


def text_of(ctx: Context, task_type: str) -> str:
    """The guideline's text: the one that the project names, or else the task type's own; empty where it has none."""
    for config in ctx.project.tasks:
        if config.type == task_type and config.guideline is not None:
            path: Path = ctx.folder / config.guideline
            try:
                return path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ProjectError(
                    f"{path}: the guideline cannot be read ({error}); mend or remove it"
                ) from None
    return guideline(task_type)


def version_of(text: str) -> str:
    """The version of a guideline: the beginning of its hash, `-` of none."""
    return content_id(text)[:8] if text else "-"


def shown(text: str) -> str:
    """A guideline as Label Studio shows it: in the look of the page beneath."""
    from tasks._markup import element, prose

    return element("div", "hr guideline", prose(_flowing(text))) if text else ""


def _flowing(text: str) -> str:
    """Markdown with each paragraph on one line: what a model wrote keeps its line breaks, a guideline's say nothing."""
    lines: list[str] = []
    fenced = open_end = False
    for line in text.splitlines():
        fence = bool(_FENCE.match(line))
        if open_end and not fenced and not fence and not _BEGINS_ANEW.match(line):
            lines[-1] += f" {line.strip()}"
            continue
        fenced ^= fence
        lines.append(line)
        open_end = not fenced and not fence and not _ENDS.match(line)
    return "\n".join(lines)
