"""All that is known of how one person works: for those who lead the work, and may know whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.assessing.gold_tests import GoldTested, gold_tests
from pipeline.assessing.people import newest
from pipeline.planning.gold import gold_votes
from pipeline.report.agreeing import from_to
from pipeline.report.annotators import AnnotatorProgress, by_annotator
from pipeline.report.findings import FindingCount
from pipeline.report.sides import Leaning, sides
from pipeline.report.signs import PersonSign, signs
from pipeline.report.tables import name_of, table_of
from pipeline.report.words import between, count, day, duration, plain, right_of, share, told_of
from pipeline.store import Store
from schemas.base import Frozen
from tasks import is_current, task_types

MISSED = """
SELECT task_id, cell, task_type, version, payload AS said, known, clause, submitted_at AS at FROM gold_said
WHERE list_contains(?, annotator) ORDER BY submitted_at DESC, task_id
"""
OVERTURNED = """
SELECT r.task_id, t.cell, t.task_type, t.version, v.payload AS said, r.payload AS known, d.reason AS clause,
    r.resolved_at AS at
FROM current_resolutions r JOIN votes v USING (task_id) JOIN tasks t USING (task_id)
LEFT JOIN decisions d ON d.revision_id = r.revisions[1]
WHERE r.method = 'adjudicated' AND r.payload IS NOT NULL AND v.payload <> r.payload AND list_contains(?, v.annotator)
ORDER BY r.resolved_at DESC, r.task_id
"""
FOUND = """
SELECT kind, count(*) AS findings, count(*) FILTER (void) AS void, max(found_at) AS last_at,
    arg_max(detail, (found_at, finding_id)) AS newest
FROM findings WHERE list_contains(?, annotator) GROUP BY kind ORDER BY last_at DESC, kind
"""
MOST, FEW = 10, 3
"""So many of their answers are shown in a terminal, the newest; and of tasks to look at."""


class Beside(Frozen):
    """An answer of theirs beside what is right, or was decided."""

    task_id: str
    cell: str
    said: str
    known: str
    clause: str | None
    """Of the guideline, or why it was decided so."""
    at: datetime


class Person(Frozen):
    """One annotator, with all accounts of theirs."""

    annotators: tuple[str, ...]
    """Their pseudonyms."""
    work: tuple[AnnotatorProgress, ...]
    gold: tuple[GoldTested, ...]
    """How they stand on gold, cell by cell."""
    missed: tuple[Beside, ...]
    """Gold that they gave otherwise."""
    overturned: tuple[Beside, ...]
    """Answers that an adjudicator decided otherwise."""
    signs: tuple[PersonSign, ...]
    sides: tuple[Leaning, ...]
    findings: tuple[FindingCount, ...]


def person(store: Store, annotators: Sequence[str]) -> Person:
    """What the facts say of somebody with these pseudonyms."""
    theirs = set(annotators)
    tests = gold_tests(gold_votes(store), newest(store)[0].aside)
    return Person(
        annotators=tuple(annotators),
        work=tuple(one for one in by_annotator(store) if one.annotator in theirs),
        gold=tuple(one for one in tests if one.annotator in theirs),
        missed=_beside(store, MISSED, annotators),
        overturned=_beside(store, OVERTURNED, annotators),
        signs=tuple(one for one in signs(store) if one.annotator in theirs),
        sides=tuple(one for one in sides(store) if one.annotator in theirs),
        findings=tuple(FindingCount(**row) for row in store.rows(FOUND, [list(annotators)])),
    )


def show(one: Person, console: Console) -> None:
    """Print it; tables without rows are left out."""
    if not one.work:
        console.print(Text("nothing was said by them yet"))
    for work in one.work:
        console.print(Text(_work(work)))
    for sign in one.signs:
        console.print()
        console.print(Text(f"{sign.title}: {sign.meaning}", style="bold"))
        console.print(Text(f"  {plain(sign.said)} ({_figure(sign)})"))
        for task in sign.tasks[:FEW]:
            console.print(Text(f"  look at task {task}"))
    tables = _gold(one), _right(one), _accord(one), _beside_table("Known answers missed", one.missed)
    for table in (*tables, _beside_table("Decided otherwise", one.overturned), _findings(one)):
        if table.row_count:
            console.print()
            console.print(table)
    if command := next((sign.command for sign in one.signs if sign.command), ""):
        console.print()
        console.print(Text(f"to stop it, and have their work done anew: {command} --dry-run"))


def _beside(store: Store, sql: str, annotators: Sequence[str]) -> tuple[Beside, ...]:
    rows = (
        row for row in store.rows(sql, [list(annotators)]) if is_current(row["task_type"], row["version"])
    )
    return tuple(one for row in rows if (one := _differs(row)) is not None)


def _differs(row: dict[str, Any]) -> Beside | None:
    """An answer beside another one, unless both are one judgement or one of them cannot be read."""
    task_type = task_types()[row["task_type"]]
    try:
        said, known = (task_type.label.model_validate_json(row[name]) for name in ("said", "known"))
    except ValueError:
        return None
    if task_type.distance(said, known) <= task_type.tolerance:
        return None
    shown = {name: row[name] for name in ("task_id", "cell", "clause", "at")}
    return Beside(**shown, said=task_type.summary(said), known=task_type.summary(known))


def _work(one: AnnotatorProgress) -> str:
    marks = [mark for mark, is_so in (("simulated", one.simulated), ("PAUSED", one.paused)) if is_so]
    figures = (
        f"{count(one.labels)} labels",
        f"{count(one.void)} void",
        f"{count(one.skips)} skips",
        f"{duration(one.median_lead_seconds)} each",
        f"gold: {right_of(one.gold)}",
        f"from {day(one.first_seen_at)} to {day(one.last_seen_at)}",
    )
    return ", ".join([f"{one.annotator}: {figures[0]}", *figures[1:], *marks])


def _figure(sign: PersonSign) -> str:
    figure = between(sign.low, sign.high) if sign.is_share else from_to(sign.low, sign.high)
    return f"{figure}, 95 times in 100"


def _gold(one: Person) -> Table:
    table = table_of("Known answers", ("cell",), ("right", "95 in 100", "so far"))
    for test in one.gold:
        figures = (
            f"{count(test.right)} of {count(test.of)}",
            between(test.low, test.high),
            told_of(test.state),
        )
        table.add_row(name_of(test.cell or "all together"), *figures)
    return table


def _right(one: Person) -> Table:
    table = table_of("How often they are right", ("task type",), ("right", "95 in 100", "labels", "by"))
    for found in (found for work in one.work for found in work.right):
        figures = share(found.mean), between(found.low, found.high), count(found.labels), found.judged_by
        table.add_row(name_of(found.task_type), *figures)
    return table


def _accord(one: Person) -> Table:
    table = table_of("Agreement with the others", ("task type",), ("agree", "95 in 100", "tasks"))
    for found in (found for work in one.work for found in work.accord):
        table.add_row(
            name_of(found.task_type), share(found.mean), between(found.low, found.high), count(found.tasks)
        )
    return table


def _beside_table(title: str, rows: Sequence[Beside]) -> Table:
    more = f"and {count(len(rows) - MOST)} more; --json shows all" if len(rows) > MOST else None
    table = table_of(title, ("cell and task", "theirs", "right"), ("on",), more)
    for row in rows[:MOST]:
        table.add_row(
            name_of(f"{row.cell} {row.task_id[:8]}"), name_of(row.said), name_of(row.known), day(row.at)
        )
    return table


def _findings(one: Person) -> Table:
    table = table_of("Findings", ("kind",), ("findings", "void", "last"))
    for found in one.findings:
        table.add_row(name_of(found.kind), count(found.findings), count(found.void), day(found.last_at))
    return table
