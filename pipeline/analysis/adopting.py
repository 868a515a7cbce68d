"""Another Label Studio project read along: its labels as rows of a table of their own, only ever read there."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from pipeline.analysis.config import Controls
from pipeline.analysis.content import Analysis, analysed
from pipeline.analysis.controls import Judgement, judgements
from pipeline.analysis.findings import Findings
from pipeline.analysis.labels import written
from pipeline.analysis.submissions import Submission
from pipeline.context import Context, Tally
from pipeline.label_studio.base import RemoteAnnotation, RemoteProject, RemoteTask
from pipeline.people.pseudonyms import UNKNOWN, Pseudonyms
from pipeline.stages.sync import OVERLAP
from schemas.base import content_id
from schemas.errors import UsageError
from schemas.facts import RemoteProjectFact
from schemas.steering import AdoptedLabelFact, AdoptedProjectFact

BATCH = 200
HERE = "server = ? AND project_id = ?"


class Adoption:
    """One project, and what is known of it."""

    def __init__(self, ctx: Context, project_id: int) -> None:
        self._ctx = ctx
        self._here = [ctx.server, project_id]
        if ctx.store.facts(RemoteProjectFact, HERE, self._here):
            raise UsageError(
                f"adopt {project_id}: somebody else's project was expected, found this project's own; "
                "headrace sync reads that"
            )
        self.project: RemoteProject = ctx.label_studio.look(project_id)
        self._controls = Controls(self.project.config)
        self._people = Pseudonyms(ctx)
        self.findings = Findings()

    def read(self, task_type: str | None = None) -> Tally:
        """Keep what changed since the last time; a second time at once there is nothing to do."""
        tally = Tally()
        before = next(iter(self._ctx.store.facts(AdoptedProjectFact, HERE, self._here)), None)
        seen = before.seen_until if before else None
        changes = self._ctx.label_studio.changes(self.project.id, seen - OVERLAP if seen else None)
        tracked = self._ctx.progress.track(changes, f"adopt {self.project.title}")
        while tasks := list(islice(tracked, BATCH)):
            self._keep(tasks, tally)
            seen = max(filter(None, [seen, *(task.updated_at for task in tasks)]))
        self._let_go(tally)
        self._remember(before, seen, task_type)
        return tally

    def analysis(self) -> Analysis:
        """What the labels say now."""
        facts = self._ctx.store.facts(AdoptedLabelFact, f"{HERE} AND NOT gone", self._here)
        submissions = self._submissions(facts)
        counts = {"tasks": self.project.tasks, "annotations": len(submissions)}
        name = f"{self.project.title} (project {self.project.id})"
        return analysed(name, counts, submissions, self.findings)

    def _keep(self, tasks: Sequence[RemoteTask], tally: Tally) -> None:
        wanted = {fact.label_id: fact for task in tasks for fact in self._labels(task)}
        items = [str(task.id) for task in tasks]
        known = self._known("list_contains(?, item)", items)
        changed = [fact for label_id, fact in wanted.items() if known.get(label_id) != fact]
        gone = [
            one.replace(gone=True) for one in known.values() if one.label_id not in wanted and not one.gone
        ]
        tally.skipped += len(wanted) - len(changed)
        tally.done += self._ctx.store.put([*changed, *gone], replace=True)

    def _let_go(self, tally: Tally) -> None:
        """The labels of tasks that are not there any more."""
        facts = self._ctx.store.facts(AdoptedLabelFact, f"{HERE} AND NOT gone", self._here)
        items = {int(fact.item) for fact in facts}
        missing = [
            str(item) for item in items - self._ctx.label_studio.standing(self.project.id, sorted(items))
        ]
        gone = [
            one.replace(gone=True)
            for one in self._known("NOT gone AND list_contains(?, item)", missing).values()
        ]
        tally.done += self._ctx.store.put(gone, replace=True)

    def _known(self, condition: str, items: Sequence[str]) -> dict[str, AdoptedLabelFact]:
        facts = self._ctx.store.facts(AdoptedLabelFact, f"{HERE} AND {condition}", [*self._here, list(items)])
        return {fact.label_id: fact for fact in facts}

    def _remember(
        self, before: AdoptedProjectFact | None, seen: datetime | None, task_type: str | None
    ) -> None:
        fact = AdoptedProjectFact(
            server=self._ctx.server,
            project_id=self.project.id,
            title=self.project.title,
            task_type=task_type or (before.task_type if before else None),
            seen_until=seen,
            adopted_at=before.adopted_at if before else self._ctx.clock(),
        )
        if fact != before:
            self._ctx.store.put([fact], replace=True)

    def submission(self, task: RemoteTask, annotation: RemoteAnnotation) -> Submission:
        """One annotation of a task's; answers that the config does not ask for are findings, and left out."""
        where = f"task {task.id}, annotation {annotation.id}"
        person = None if annotation.person_id is None else self._people.of(annotation.person_id)
        found = {} if annotation.skipped else judgements(annotation.result, self.findings, where)
        asked = {name: one for name, one in found.items() if self._is_asked(name, one, where)}
        silent = (
            {} if annotation.skipped else dict.fromkeys(self._controls.regions(), Judgement("regions", ()))
        )
        return Submission(
            item=str(task.id),
            annotation=str(annotation.id),
            annotator=person.annotator if person else f"{UNKNOWN}-{annotation.id}",
            at=annotation.created_at,
            lead_seconds=annotation.lead_seconds,
            judgements=silent | asked,
            skipped=annotation.skipped,
        )

    def _is_asked(self, name: str, judgement: Judgement, where: str) -> bool:
        control = self._controls[name]
        if control is None:
            self.findings.add("answer of a control that the config does not have", f"{where}, {name!r:.80}")
        elif control.kind != judgement.kind:
            self.findings.add("answer of another kind than its control's", f"{where}, {name!r:.80}")
        return control is not None and control.kind == judgement.kind

    def _labels(self, task: RemoteTask) -> Iterator[AdoptedLabelFact]:
        for line in task.broken:
            self.findings.add("annotation that cannot be read", f"task {task.id}: {line}")
        for annotation in task.annotations:
            if annotation.skipped:
                self.findings.add("skipped: no vote", f"task {task.id}")
            one = self.submission(task, annotation)
            for name, judgement in one.judgements.items():
                yield AdoptedLabelFact(
                    label_id=content_id(
                        [*self._here, annotation.id, annotation.created_at.isoformat(), name]
                    ),
                    server=self._ctx.server,
                    project_id=self.project.id,
                    item=one.item,
                    annotator=one.annotator,
                    dimension=name,
                    label=self._written(name, judgement),
                    ts=annotation.created_at,
                    lead_seconds=annotation.lead_seconds,
                    annotation_id=annotation.id,
                )

    def _written(self, name: str, judgement: Judgement) -> str:
        control = self._controls[name]
        return written(judgement, many=control is not None and control.many)

    def _submissions(self, facts: Iterable[AdoptedLabelFact]) -> list[Submission]:
        """The annotations that labels were made from."""
        by_annotation: dict[tuple[int, datetime], list[AdoptedLabelFact]] = defaultdict(list)
        for fact in facts:
            by_annotation[fact.annotation_id, fact.ts].append(fact)
        return [
            Submission(
                item=labels[0].item,
                annotation=str(labels[0].annotation_id),
                annotator=labels[0].annotator,
                at=labels[0].ts,
                lead_seconds=labels[0].lead_seconds,
                judgements={one.dimension: self._judgement(one) for one in labels},
            )
            for labels in by_annotation.values()
        ]

    def _judgement(self, fact: AdoptedLabelFact) -> Judgement:
        control = self._controls[fact.dimension]
        if control is None:
            return Judgement("other", (fact.label,))  # asked once, and taken out of the config since
        return Judgement(control.kind, _values(fact.label) if control.many else (fact.label,))


def _values(label: str) -> tuple[str, ...]:
    """A list's values; one of a label that was written when its control held one value only."""
    try:
        found = json.loads(label)
    except ValueError:
        return (label,)
    return tuple(map(str, found)) if isinstance(found, list) else (label,)
