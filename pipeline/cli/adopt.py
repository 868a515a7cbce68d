"""The command that reads another Label Studio project along, and may take its votes over."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.cli.app import LOOKING, AsJson, Wait, app

if TYPE_CHECKING:
    from pipeline.analysis.adopting import Adoption
    from pipeline.analysis.adoption import FieldMap
    from pipeline.context import Context, Tally


@app.command(rich_help_panel=LOOKING)
def adopt(  # noqa: PLR0913, PLR0917 - one a flag
    project_id: Annotated[
        int, typer.Argument(metavar="PROJECT_ID", min=1, help="The project's number in Label Studio.")
    ],
    as_type: Annotated[
        str | None,
        typer.Option("--as", metavar="TYPE", help="Take its votes over, as labels of this task type."),
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="MAP",
            help="data.KEY=FIELD of an item, or CONTROL=FIELD of a label, as better=preference:A=-2,B=2.",
        ),
    ] = None,
    domain: Annotated[
        Literal["reasoning", "coding"], typer.Option("--domain", help="What its problems are.")
    ] = "reasoning",
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="TAG", help="What they are written in, as en or pt-BR."),
    ] = None,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Read another Label Studio project along, changing nothing there: agreement and pace of what is in it."""
    from pipeline.analysis.adopting import Adoption
    from pipeline.cli.analyse import tell_analysis
    from pipeline.cli.output import show, tally_line, tell
    from pipeline.cli.session import writing
    from pipeline.context import Context, Tally, run_stage
    from schemas.errors import UsageError

    if maps and as_type is None:
        raise UsageError("--map: --as was expected with it, is missing; say as which task type")
    fields = _fields(as_type, maps or [])
    _check_language(language)
    made: list[Adoption] = []

    def read(ctx: Context) -> Tally:
        adoption = Adoption(ctx, project_id)
        made.append(adoption)
        return adoption.read(as_type)

    taken: Tally | None = None
    with writing("adopt", wait) as ctx:
        tally = run_stage(ctx, "adopt", read)
        if fields is not None:
            taken = _take(ctx, made[0], fields, domain, language)
        analysis = made[0].analysis()

    def people() -> None:
        tell_analysis(analysis)
        tell("")
        tell(tally_line("labels", tally))
        if taken is not None:
            tell(tally_line("votes", taken) + f"; as {as_type}, settle them with: headrace run")

    content: dict[str, Any] = {
        **tally.to_json("adopt"),
        "project_id": project_id,
        "analysis": analysis.to_json(),
        "taken": taken and taken.to_json("adopt"),
    }
    show(as_json, content, people)


def _fields(name: str | None, maps: list[str]) -> "FieldMap | None":
    """What is to be taken over and from where; None where nothing is."""
    if name is None:
        return None
    from pipeline.analysis.adoption import field_map
    from schemas.errors import UsageError
    from schemas.nearest import nearest
    from tasks import task_types

    if name not in task_types():
        raise UsageError(f"--as {name!r:.40}: a task type was expected; {nearest(name, task_types())}")
    return field_map(task_types()[name], maps)


def _take(
    ctx: "Context", adoption: "Adoption", fields: "FieldMap", domain: str, language: str | None
) -> "Tally":
    from pipeline.analysis.taking import Origin, Taking
    from pipeline.context import run_stage

    return run_stage(ctx, "adopt", lambda ctx: Taking(ctx, adoption, fields, Origin(domain, language)).take())


def _check_language(tag: str | None) -> None:
    from pydantic import ValidationError

    from schemas.errors import UsageError
    from schemas.records import Record

    try:
        Record(prompt="any", domain="reasoning", language=tag)
    except ValidationError:
        raise UsageError(
            f"--language {tag!r:.40}: a BCP 47 tag was expected; such as en, zh or pt-BR"
        ) from None
