"""`headrace analyse records`: the screens on a plain file; and hash files, to hold records against."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from pipeline.cli.analyse import analyse
from pipeline.cli.app import FILES, AsJson, app
from schemas.errors import UsageError

if TYPE_CHECKING:
    from pipeline.analysis.records import Verdicts
    from schemas.records import Domain

benchmark = typer.Typer(name="benchmark", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(benchmark, rich_help_panel=FILES)


@benchmark.callback()
def group() -> None:
    """Make hash files of benchmarks, so that no text of theirs has to be shipped."""


@benchmark.command("hash")
def hash_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILES…", help="JSONL, Parquet, CSV, JSON, text, programs; globs too."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="F.hashes", help="The hash file to write.")],
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="NAME", help="Only this column (may be given several times)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the hashes of what benchmarks ask, to screen against with [screens] contamination."""
    from pipeline.cli.output import show, tell
    from pipeline.screening._benchmarks import HASHES, read, write

    if out.suffix != HASHES:
        raise UsageError(f"--out: a name in {HASHES} was expected, is {out.name!r}; give it one")
    units = read(files, Path.cwd(), column or ())
    write(units, out)
    items = units.select(["file", "item"]).group_by(["file", "item"]).aggregate([]).num_rows
    content = {"out": str(out), "items": items, "texts": units.num_rows, "bytes": out.stat().st_size}
    show(as_json, content, lambda: tell(f"wrote {out}: {items:,} items, {units.num_rows:,} texts"))


@analyse.command()
def records(  # noqa: PLR0913, PLR0917 - one a flag
    records: Annotated[Path, typer.Argument(metavar="RECORDS", help="Records: JSONL, Parquet or CSV.")],
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against", metavar="BENCHMARK…", help="Files of benchmarks, or hash files, that may not leak."
        ),
    ] = None,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[BENCHMARK…]", help="More of them, after --against.")
    ] = None,
    screens: Annotated[
        Path | None,
        typer.Option("--screens", metavar="FILE", help="A TOML file whose [screens] to use (default: all)."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="FIELD=COLUMN", help="Where a field stands, such as prompt=question."
        ),
    ] = None,
    domain: Annotated[
        str, typer.Option("--domain", metavar="DOMAIN", help="Of records that say none: reasoning or coding.")
    ] = "reasoning",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write a row a record and screen: .parquet or .csv."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Screen records: duplicates, leaked benchmarks, personal data, secrets, language, length."""
    from pipeline.analysis.records import Question, screened
    from pipeline.analysis.table import check
    from pipeline.cli.output import note, show
    from pipeline.cli.session import bars
    from pipeline.engine import engine_of
    from schemas.project import Engine

    if out is not None:
        check(out)
        if not out.parent.is_dir():
            raise UsageError(f"--out: a place in a folder was expected, there is no {out.parent}; make it")
    if more and not against:
        raise UsageError(
            f"analyse records: one file was expected, {more[0]!r} is another; benchmarks stand after --against"
        )
    benchmarks = (*(against or ()), *(more or ()))
    question = Question(records, benchmarks, screens, _mapping(column or ()), _domain(domain))
    verdicts, told = screened(question, out, engine_of(Engine()), bars().track)
    for line in told:
        note(line)
    if out is not None:
        note(f"wrote {out}: {verdicts.records * len(verdicts.screens):,} rows")
    show(as_json, verdicts.to_json(), lambda: tell_verdicts(verdicts))


def _mapping(given: Sequence[str]) -> dict[str, str]:
    for one in given:
        if not re.fullmatch(r"[^=]+=.+", one):
            raise UsageError(f"--column: FIELD=COLUMN was expected, is {one!r}; such as prompt=question")
    return dict(one.split("=", maxsplit=1) for one in given)


def _domain(given: str) -> "Domain":
    from schemas.records import Domain

    for domain in get_args(Domain):
        if domain == given:
            found: Domain = domain
            return found
    raise UsageError(f"--domain: should be one of {', '.join(get_args(Domain))}, is {given!r}")


def tell_verdicts(verdicts: "Verdicts") -> None:
    """Print what the screens found, for people: a line a screen, and a few examples of each."""
    from pipeline.cli.output import tell

    tell(
        f"{verdicts.records:,} records, {verdicts.malformed:,} malformed rows, {verdicts.rejected:,} rejected"
    )
    for name in verdicts.screens:
        counts = verdicts.verdicts(name)
        tell(f"{name:<18}" + "".join(f"{counts[verdict]:>12,} {verdict}" for verdict in counts))
    for one in verdicts.examples:
        tell(f"  {one['screen']}: {one['record_id']}: {one['reason']}")
