"""How many of the accepted labels are wrong, as far as audits and gold show it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from pipeline.assessing.looked_again import Looked, looked_again
from pipeline.context import Context
from pipeline.quality.label_errors import Slice, accepted_error
from schemas.base import Frozen

By: TypeAlias = Literal["gold", "audit", "both", "nothing"]
ENOUGH = 20
"""From so many settled gold tasks on, these are believed rather than an audit: they know what is right. Of fewer labels
that were looked at again nothing is concluded."""
ACCEPTED = """
SELECT t.task_type, t.cell, count(*) AS accepted, count(*) FILTER (t.method = 'machine') AS by_machine,
    count(*) FILTER (t.method = 'adjudicated') AS by_adjudicators, count(*) FILTER (t.method = 'single') AS single,
    sum(1 - h.posterior) AS doubt, count(h.posterior) AS told
FROM task_facts t LEFT JOIN current_resolutions r USING (task_id)
LEFT JOIN current_truths h ON h.resolution_id = r.resolution_id
WHERE t.accepted AND NOT t.superseded AND NOT t.withdrawn AND NOT t.gold
GROUP BY t.task_type, t.cell ORDER BY t.task_type, t.cell
"""


class MachineAudit(Protocol):
    """How often a check that decides was wrong; `pipeline.verifying.auditing.Audited` is one."""

    @property
    def task_type(self) -> str: ...
    @property
    def compared(self) -> int: ...
    @property
    def wrong(self) -> int: ...


class Estimate(Frozen):
    """A share of wrong labels, as estimated."""

    share: float | None
    """0..1; None where nothing was looked at."""
    low: float
    """95 in 100; 0 and 1 where nothing was looked at."""
    high: float
    looked_at: int
    wrong: int
    """Of these."""


class AcceptedErrors(Frozen):
    """The accepted labels of one cell, of a task type, or all together, and how many of them are wrong."""

    task_type: str | None
    cell: str | None
    """None, None: all together; None: all cells of the task type."""
    accepted: int
    """Labels that stand, of whomever; gold and withdrawn ones are none."""
    by_people: int
    """Of these, settled by votes."""
    by_adjudicators: int
    """These are held to be right: it is what the others are measured by."""
    by_machine: int
    single: int
    """Of those by people: of one vote."""
    unseen: int
    """Labels by people or machines of kinds of work of which none was looked at again."""
    audit: Estimate
    """By what asking everybody made of audited labels that would have been settled early, and people of machines'."""
    gold: Estimate
    """By what people's answers to gold tasks, settled as work is, come to beside the known ones; a machine's labels
    by its audit."""
    estimate: Estimate
    """The one to be believed: of each task type by gold from 20 settled gold tasks on, or where there is no audit, else
    by its audit; without a share where fewer than 20 labels were looked at."""
    by: By
    """Which of them it is."""
    doubt: float | None
    """The mean of 1 minus the posterior of the labels that have one: what the votes themselves leave open. It knows
    nothing of errors that people have in common."""


class _Seen(NamedTuple):
    """How many were looked at again, and how many of these were wrong."""

    of: int = 0
    wrong: int = 0


class _Part(NamedTuple):
    """The accepted labels of one task type, or of one of its cells, and what is known of them."""

    people: int
    adjudicated: int
    machine: int
    single: int
    doubt: float
    """Summed up over the labels that have a posterior."""
    told: int
    """How many these are."""
    audit: _Seen
    gold: _Seen
    machines: _Seen


def accepted_errors(ctx: Context, machines: Iterable[MachineAudit] = ()) -> list[AcceptedErrors]:
    """All together first, then each task type, then each cell; empty where nothing was accepted.

    `machines` are the audits of machines' labels: `pipeline.verifying.auditing.audits(ctx)`.
    """
    rows = ctx.store.rows(ACCEPTED)
    seen, of_machines = looked_again(ctx), _of_machines(machines)
    types = {
        name: _part(list(ones), seen, of_machines[name])
        for name, ones in groupby(rows, lambda row: str(row["task_type"]))
    }
    return [
        *([_errors(None, None, list(types.values()))] if types else []),
        *(_errors(name, None, [part]) for name, part in types.items()),
        *(
            _errors(row["task_type"], row["cell"], [_part([row], seen, of_machines[row["task_type"]])])
            for row in rows
        ),
    ]


def _errors(task_type: str | None, cell: str | None, parts: Sequence[_Part]) -> AcceptedErrors:
    audit, gold, both = ([_slices(part, which) for part in parts] for which in ("audit", "gold", None))
    known_by = [name for part in parts for name in _known_by(part)]
    found, told = _estimate(both), sum(part.told for part in parts)
    if found.looked_at < ENOUGH:
        found, known_by = found.replace(share=None, low=0.0, high=1.0), []
    return AcceptedErrors(
        task_type=task_type,
        cell=cell,
        accepted=sum(part.people + part.adjudicated + part.machine for part in parts),
        by_people=sum(part.people for part in parts),
        by_adjudicators=sum(part.adjudicated for part in parts),
        by_machine=sum(part.machine for part in parts),
        single=sum(part.single for part in parts),
        audit=_estimate(audit),
        gold=_estimate(gold),
        estimate=found,
        unseen=sum(one.accepted for part in both for one, _ in part if not one.audited),
        by="both" if len(set(known_by)) > 1 else known_by[0] if known_by else "nothing",
        doubt=sum(part.doubt for part in parts) / told if told else None,
    )


def _believed(part: _Part) -> Literal["gold", "audit"]:
    return "gold" if part.gold.of >= ENOUGH or not part.audit.of else "audit"


def _known_by(part: _Part) -> list[By]:
    """What tells of the labels of one kind of work that are not held to be right anyway."""
    believed = _believed(part)
    found: list[By] = []
    if part.people and getattr(part, believed).of:
        found.append(believed)
    if part.machine and part.machines.of:
        found.append("audit")
    return found


def _slices(part: _Part, which: str | None) -> list[tuple[Slice, bool]]:
    """Labels by how they were made; with each whether what was looked at counts."""
    people: _Seen = getattr(part, which or _believed(part))
    return [
        (Slice(part.people, people.of, people.wrong), True),
        (Slice(part.machine, part.machines.of, part.machines.wrong), True),
        (Slice(part.adjudicated, part.adjudicated, 0), False),
    ]


def _estimate(parts: Iterable[list[tuple[Slice, bool]]]) -> Estimate:
    slices = [one for part in parts for one in part if one[0].accepted]
    looked_at = sum(one.audited for one, counts in slices if counts)
    if not looked_at:
        return Estimate(share=None, low=0.0, high=1.0, looked_at=0, wrong=0)
    found = accepted_error([one for one, _ in slices])
    wrong = sum(one.wrong for one, counts in slices if counts)
    low, high = found.interval
    return Estimate(share=found.share, low=low, high=high, looked_at=looked_at, wrong=wrong)


def _part(rows: Sequence[Mapping[str, Any]], seen: Looked, machines: "_Seen") -> _Part:
    """What is known of some cells of one task type."""
    cells = [(row["task_type"], row["cell"]) for row in rows]
    machine, adjudicated, accepted, single, told = (
        sum(row[name] for row in rows)
        for name in ("by_machine", "by_adjudicators", "accepted", "single", "told")
    )
    return _Part(
        people=accepted - machine - adjudicated,
        adjudicated=adjudicated,
        machine=machine,
        single=single,
        doubt=sum(row["doubt"] or 0.0 for row in rows),
        told=told,
        audit=_seen([right for cell in cells for right in seen.audit[cell]]),
        gold=_seen([right for cell in cells for right in seen.gold[cell]]),
        machines=machines,
    )


def _seen(right: Sequence[bool]) -> _Seen:
    return _Seen(len(right), right.count(False))


def _of_machines(machines: Iterable[MachineAudit]) -> dict[str, _Seen]:
    """By task type; where several checks decide, the one that most is known of."""
    found: dict[str, _Seen] = defaultdict(_Seen)
    for one in machines:
        found[one.task_type] = max(found[one.task_type], _Seen(one.compared, one.wrong))
    return found
