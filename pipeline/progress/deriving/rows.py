"""The rows that a log lacks, made from what was derived: served, adjudication_started, starved, signed_on and _off."""

from pipeline.progress.columns import Columns, Mask
from pipeline.progress.deriving.found import Found
from pipeline.progress.deriving.work import Spells
from pipeline.progress.rows import rows_like
from schemas.events import EventName


def derived_rows(columns: Columns, found: Found) -> tuple[Columns, ...]:
    """Rows of what is derived and not measured; merged in this order they stand right where moments are the same."""
    begun = ((one.spells, ~one.measured) for one in (found.labels, found.aside))
    return (
        _of_people(columns, "signed_on", found.present, at_end=False),
        *(_of_tasks(columns, "served", spells, where) for spells, where in begun),
        _of_tasks(columns, "adjudication_started", found.verdicts.spells, ~found.verdicts.measured),
        _of_people(columns, "starved", found.starved, at_end=False),
        _of_people(columns, "signed_off", found.present, at_end=True),
    )


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
