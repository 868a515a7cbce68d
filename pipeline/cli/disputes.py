"""The commands about disputes: what annotators disagree with, and a lead's answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import STEERING, AsJson, Wait, app
from pipeline.cli.gold import Lead, who

if TYPE_CHECKING:
    from pipeline.planning.disputes import Dispute

SUMMARY = "Answer annotators who disagree with a gold answer, or with what overturned their label."

group = typer.Typer(name="disputes", rich_markup_mode=None, no_args_is_help=True, help=SUMMARY)
app.add_typer(group, rich_help_panel=STEERING)


@group.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Those that are answered and done with too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the disputes that wait for an answer, and upheld ones that nothing has come of yet."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.planning.disputes import disputes

    with reading() as (_, _, store):
        found = [
            one for one in disputes(store) if everything or one.upheld is None or one.next_step is not None
        ]

    def told() -> None:
        for one in found:
            for line in _lines(one):
                tell(line)
        tell(f"{sum(one.upheld is None for one in found):,} disputes wait for an answer")

    show(as_json, {"disputes": [one.model_dump(mode="json") for one in found]}, told)


@group.command("answer")
def answer_(  # noqa: PLR0913, PLR0917 - one a flag
    dispute: Annotated[str, typer.Argument(metavar="DISPUTE", help="Its id, as disputes list shows it.")],
    remark: Annotated[str, typer.Option("--remark", metavar="TEXT", help="What the annotator is told.")],
    uphold: Annotated[bool, typer.Option("--uphold", help="The annotator is right.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="What stands is right.")] = False,
    lead: Lead = None,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Say whether an annotator who disagreed was right, and what follows."""
    from pipeline.checking.upheld import upheld
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import writing
    from pipeline.planning.disputes import answer
    from schemas.errors import UsageError

    if uphold == dismiss:
        raise UsageError(
            "disputes answer: one of --uphold and --dismiss was expected, found both or none; give one"
        )
    if not remark.strip():
        raise UsageError("--remark: should tell the annotator why, is empty; add it")
    with writing("disputes answer", wait) as ctx:
        by = who(lead, ctx.project, ctx.store)
        one = answer(ctx, dispute, remark.strip(), by, upheld=uphold)
        ctx.store.put(upheld(ctx))

    def told() -> None:
        tell(f"dispute {one.dispute_id}: {'upheld' if uphold else 'dismissed'}")
        if one.next_step is not None:
            tell(f"next: {one.next_step}")

    show(as_json, one.model_dump(mode="json"), told)


def _lines(one: "Dispute") -> list[str]:
    about = "the gold answer" if one.about == "gold" else "what overturned their label"
    said = (
        f"{one.dispute_id}  {one.cell or '-'}  {one.annotator} on {about} of task {one.task_id}: {one.remark}"
    )
    if one.upheld is None:
        return [said]
    answered = f"    {'upheld' if one.upheld else 'dismissed'} by {one.answered_by}: {one.answer}"
    return [said, answered, *([f"    next: {one.next_step}"] if one.next_step else [])]
