"""The checks that a project asks for, and the records that they have not been asked of yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.context import Context
from schemas.errors import ProjectError
from schemas.project import Project
from schemas.screening import EvidenceFact
from schemas.verification import CheckConfig
from tasks import names

if TYPE_CHECKING:
    from pipeline.verification.base import AnyCheck

WAITING = """
SELECT record_id FROM records r WHERE ({where}
    ) AND NOT EXISTS (
    SELECT 1 FROM evidence e WHERE e.record_id = r.record_id AND e."check" = ? AND e."by" = ?)
    AND r.record_id NOT IN (SELECT record_id FROM withdrawals)
ORDER BY ingested_at, record_id
"""
OF_RECORDS = "record_id IN (SELECT unnest(?::VARCHAR[]))"


@dataclass(frozen=True)
class Asked:
    """One check as the project asks for it."""

    name: str
    """answers, programs or judges."""
    options: CheckConfig

    @cached_property
    def check(self) -> "AnyCheck":
        """What does it."""
        from pipeline.verification import check_of

        return check_of(self.name)

    @cached_property
    def by(self) -> str:
        """What its evidence says that found it out."""
        return self.check.by(self.options)


def asked(project: Project) -> tuple[Asked, ...]:
    """What `[verification]` asks for, in one order."""
    given = project.verification
    if given is None:
        return ()
    single = [
        Asked(name, one) for name in ("answers", "programs") if (one := getattr(given, name)) is not None
    ]
    return (*single, *(Asked("judges", judge) for judge in given.judges))


def check_asked(ctx: Context) -> None:
    """Refuse a [verification] that cannot be: ProjectError in one line."""
    for one in asked(ctx.project):
        what = f"project.toml: verification.{one.name}"
        ctx.store.check_condition(one.options.where or "true", f"{what}.where")
        task = getattr(one.options, "task", None)
        if task is not None and task not in names():
            raise ProjectError(f"{what}.task: should be one of {', '.join(names())}, is {task!r}; mend it")


def todo(ctx: Context, one: Asked) -> list[str]:
    """The records that a check has said nothing of yet, in the order of their arrival."""
    sql = WAITING.format(where=one.options.where or "true")
    return [row["record_id"] for row in ctx.store.rows(sql, [one.name, one.by])]


def unchecked(project: Project) -> tuple[str, list[object]]:
    """A condition on `records r`, with its parameters: true of those that wait for a check."""
    waits, params = ["false"], list[object]()
    for one in asked(project):
        waits.append(
            f"(({one.options.where or 'true'}\n) AND NOT EXISTS (SELECT 1 FROM evidence e "  # noqa: S608 - conditions that were checked
            'WHERE e.record_id = r.record_id AND e."check" = ? AND e."by" = ?))'
        )
        params += [one.name, one.by]
    return " OR ".join(waits), params


def evidence_of(ctx: Context, record_ids: Sequence[str]) -> dict[str, list[EvidenceFact]]:
    """What the checks of today found out of each of these records."""
    current = {(one.name, one.by) for one in asked(ctx.project)}
    found: dict[str, list[EvidenceFact]] = {record_id: [] for record_id in record_ids}
    for fact in ctx.store.facts(EvidenceFact, OF_RECORDS, [list(record_ids)]) if current else ():
        if (fact.check, fact.by) in current:
            found[fact.record_id].append(fact)
    return found
