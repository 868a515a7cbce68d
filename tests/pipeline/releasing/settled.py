"""A store with settled preference pairs, two votes each, without the stages that would have put them there."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.context import Context
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.store import Store
from schemas.facts import AnnotationFact, Fact, LabelFact, ResolutionFact
from schemas.project import parse_project
from tests.pipeline.filled import Filled, said

LABELS = '{"preference": -2}', '{"preference": 2}'
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def settle(store: Store, count: int, first: int = 0) -> None:
    """Put so many settled tasks on record, a third of them in Chinese."""
    filled = Filled(store)
    for _ in range(first):
        filled.number("task")  # those are taken
    facts: list[Fact] = []
    for number in range(first, first + count):
        language, prompt = "en" if number % 3 else "zh", f"What is {number} + 1, and why is it so?"
        said_of = {"prompt": prompt, "domain": "reasoning", "candidates": [{"text": "a"}, {"text": "b"}]}
        filled.record(
            record_id=f"rec-{number:04}",
            prompt_id=f"{number:032x}",
            language=language,
            license="MIT",
            payload=json.dumps(said_of),
        )
        item = {"prompt": prompt, "answer_a": f"{number + 1}.", "answer_b": "0.", "aspects": []}
        cell = f"{language}/preference_pair"
        task = filled.task(f"rec-{number:04}", cell=cell, payload=json.dumps(item))
        votes = [said(2 * number + place, task, who, START) for place, who in enumerate(("ann-a", "ann-b"))]
        facts += [fact for one, label in votes for fact in (one, label.replace(payload=LABELS[number % 2]))]
        facts.append(_settled(task, tuple(one.revision_id for one, _ in votes), number))
    for kind in (AnnotationFact, LabelFact, ResolutionFact):
        store.put(fact for fact in facts if isinstance(fact, kind))


def _settled(task: str, revisions: tuple[str, ...], number: int) -> ResolutionFact:
    return ResolutionFact(
        resolution_id=f"res-{number:04}",
        task_id=task,
        payload=LABELS[number % 2],
        method="unanimous",
        agreement=1.0,
        votes=len(revisions),
        revisions=revisions,
        simulated=False,
        resolved_at=START + timedelta(seconds=number),
        guideline=None,
    )


def context(folder: Path, store: Store, **release: Any) -> Context:
    """A project that asks for preferences and releases as it says."""
    seconds = itertools.count()
    project = {"name": "effort", "tasks": [{"type": "preference_pair"}], "release": release}
    return Context(
        folder=folder,
        project=parse_project(project),
        store=store,
        connect=lambda: FakeLabelStudio(lambda: START),
        clock=lambda: START + timedelta(days=1, seconds=next(seconds)),
    )
