"""The rows that a log lacks, made from what was derived: served, adjudication_started, starved, signed_on and _off."""

from pipeline.progress.columns import Columns, Mask
from pipeline.progress.deriving.serving import Served
from pipeline.progress.deriving.work import Spells, Work
from pipeline.progress.rows import rows_like
from schemas.events import EventName


def derived_rows(columns: Columns, work: Work, labels: Served, verdicts: Served) -> tuple[Columns, ...]:
    """Rows of what is derived and not measured; merged in this order they stand right where moments are the same."""
    found: list[Columns] = []
    if work.present_basis == "derived":
        found.append(_of_people(columns, "signed_on", work.present, at_end=False))
    found.append(_of_tasks(columns, "served", labels.spells, ~labels.measured))
    found.append(_of_tasks(columns, "adjudication_started", verdicts.spells, ~verdicts.measured))
    if work.starved_basis == "derived":
        found.append(_of_people(columns, "starved", work.starved, at_end=False))
    if work.present_basis == "derived":
        found.append(_of_people(columns, "signed_off", work.present, at_end=True))
    return tuple(found)


def _of_people(columns: Columns, event: EventName, spells: Spells, *, at_end: bool) -> Columns:
    return rows_like(columns, event, spells.end if at_end else spells.start, actor=spells.actor)


def _of_tasks(columns: Columns, event: EventName, spells: Spells, where: Mask) -> Columns:
    some = spells.at(where)
    return rows_like(
        columns,
        event,
        some.start,
        task=some.task,
        actor=some.actor,
        cell=some.cell,
        attempt=some.attempt,
        slot=some.slot,
    )
