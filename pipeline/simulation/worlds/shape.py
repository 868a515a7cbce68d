"""The shape of a made-up project, drawn at random: cells, people, hours, spreads; nothing is short in it yet."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypedDict

import numpy as np

from pipeline.simulation.worlds.loads import NEVER, labeling_load
from pipeline.simulation.worlds.project import DAY, Kind, Person, Project, Unsuitable

ZONES = {
    "en": ("America/New_York", "Europe/London", "Asia/Kolkata"),
    "zh": ("Asia/Shanghai", "Asia/Singapore"),
    "de": ("Europe/Berlin",),
    "es": ("Europe/Madrid", "America/Mexico_City"),
    "ja": ("Asia/Tokyo",),
    "fr": ("Europe/Paris", "Africa/Abidjan"),
}
TYPES = ("preference_pair", "code_review", "step_review")
FACETS = ("python", "rust")
EPOCH = datetime(2025, 1, 6, tzinfo=UTC).timestamp()
MOST_TASKS = 6_000
"""Of a project: more would only cost time, so its tasks take longer instead."""
MOST_PEOPLE = 30
FEWEST_ANNOTATORS = 8
ADJUDICATORS = 5
"""At most."""
CELLS = (4, 9)
"""The fewest, and more than the most."""
LOADS = (0.55, 0.8)
"""Of what is not short."""


class Rules(TypedDict):
    """How many votes a task type asks for, as Kind has it."""

    first: int
    most: int
    p_more: float


@dataclass(frozen=True)
class Shape:
    """What is wished of a world; what is None is drawn."""

    days: int | None = None
    """With intake."""
    tail_days: int = 0
    """After it, without."""
    languages: tuple[str, ...] | None = None
    overlap: int | None = None
    """Votes a task, everywhere."""
    load: float | None = None
    """Of what is planted to be short."""
    decoys: bool = True


def draw_project(shape: Shape, source: np.random.Generator) -> Project:
    """A project in which labeling is loaded alike for all its languages, at most as LOADS say."""
    languages = shape.languages or tuple(source.permutation(list(ZONES))[: source.integers(2, 4)].tolist())
    kinds = _draw_kinds(shape, languages, source)
    people = _draw_people(kinds, languages, source)
    if len(people) - ADJUDICATORS < FEWEST_ANNOTATORS:
        raise Unsuitable
    project = Project(
        kinds=kinds,
        people=people,
        start=EPOCH + int(source.integers(0, 480)) * DAY,
        days=shape.days or int(source.integers(21, 36)),
        tail_days=shape.tail_days,
        overtime=happens(source, 0.5),
        every_day=happens(source, 0.5),
        noise=float(source.uniform(0.05, 0.3)),
    )
    return with_few_tasks(with_even_loads(project, languages, source))


def happens(source: np.random.Generator, probability: float) -> bool:
    """True with this probability."""
    return bool(source.random() < probability)


def _draw_kinds(shape: Shape, languages: tuple[str, ...], source: np.random.Generator) -> tuple[Kind, ...]:
    """4-8 cells of 2-3 task types, one type with a facet in half of the projects."""
    types = tuple(source.permutation(list(TYPES))[: source.integers(2, 4)].tolist())
    faceted = types[0] if happens(source, 0.5) else None
    names = [
        f"{language}/{kind}/{facet}" if facet else f"{language}/{kind}"
        for language in languages
        for kind in types
        for facet in (FACETS if kind == faceted else ("",))
    ]
    names = _some(names, int(source.integers(*CELLS)), source)
    rules = {kind: _draw_rules(shape, source) for kind in types}
    if happens(source, 0.5):  # one rule for all
        rules = dict.fromkeys(types, rules[types[0]])
    escalated, rejected = source.uniform(0.05, 0.18), source.uniform(0.1, 0.28)
    spread, dropped = source.uniform(0.5, 1.3), source.uniform(0, 0.2)
    minutes = {kind: float(np.exp(source.uniform(np.log(3), np.log(20)))) for kind in types}
    return tuple(
        Kind(
            name=name,
            minutes=minutes[name.split("/")[1]] * float(source.uniform(0.8, 1.25)),
            cv=float(np.clip(spread * source.uniform(0.9, 1.1), 0.5, 1.3)),
            **rules[name.split("/")[1]],
            p_escalated=float(escalated * source.uniform(0.85, 1.15)),
            p_rejected=float(rejected * source.uniform(0.85, 1.15)),
            p_dropped=float(dropped),
            weekly=float(100 * np.exp(source.normal(0, 0.4))),
        )
        for name in names
    )


def _some(names: list[str], most: int, source: np.random.Generator) -> list[str]:
    """At most so many cells, of each language and each task type at least one."""
    left = list(names)
    for name in source.permutation(names).tolist():
        others = {part for other in left if other != name for part in other.split("/")[:2]}
        if len(left) > most and others >= set(name.split("/")[:2]):
            left.remove(name)
    return left


def _draw_rules(shape: Shape, source: np.random.Generator) -> Rules:
    if shape.overlap is not None:
        return {"first": shape.overlap, "most": shape.overlap, "p_more": 0.0}
    if happens(source, 0.25):
        return {"first": 2, "most": 3, "p_more": float(source.uniform(0.2, 0.5))}
    votes = int(source.choice([1, 2, 2, 3]))
    return {"first": votes, "most": votes, "p_more": 0.0}


def _draw_people(
    kinds: tuple[Kind, ...], languages: tuple[str, ...], source: np.random.Generator
) -> tuple[Person, ...]:
    """2-8 a language, some for a part of its cells only, a few for two languages; and some who may adjudicate."""
    most = max(kind.most for kind in kinds)
    people: list[Person] = []
    for language in languages:
        size = max(int(source.integers(2, 9)), most + 1)
        in_parts = size > most + 2 and happens(source, 0.5)
        people += [_draw_person(language, kinds, source, in_parts=in_parts) for _ in range(size)]
    people = _with_enough_for_each(people[: MOST_PEOPLE - ADJUDICATORS], kinds, most + 1)
    if happens(source, 0.4):
        at, other = int(source.integers(len(people))), f"{source.choice(languages)}/*"
        people[at] = replace(people[at], cells=tuple(dict.fromkeys((*people[at].cells, other))))
    adjudicators = [
        replace(_draw_person(languages[0], kinds, source, in_parts=False), cells=(), adjudicates=True)
        for _ in range(ADJUDICATORS)
    ]
    return _named([*people, *adjudicators], source)


def _with_enough_for_each(people: list[Person], kinds: tuple[Kind, ...], enough: int) -> list[Person]:
    """So many people may do each cell, learning it where need be."""
    taught = list(people)
    for kind in kinds:
        language = kind.name.split("/")[0]
        able = sum(person.may(kind.name) for person in taught)
        for at, person in enumerate(taught):
            if able < enough and not person.may(kind.name) and person.cells[0].split("/")[0] == language:
                taught[at] = replace(person, cells=(*person.cells, kind.name))
                able += 1
    return taught


def _named(people: list[Person], source: np.random.Generator) -> tuple[Person, ...]:
    """Under pseudonyms that say nothing."""
    numbers = source.permutation(len(people)) + 1
    return tuple(replace(person, id=f"p{number:02d}") for person, number in zip(people, numbers, strict=True))


def _draw_person(
    language: str, kinds: tuple[Kind, ...], source: np.random.Generator, *, in_parts: bool
) -> Person:
    own = [kind.name for kind in kinds if kind.name.split("/")[0] == language]
    part_time = happens(source, 0.25)
    cells = (f"{language}/*",)
    if in_parts and len(own) > 1:
        cells = tuple(source.permutation(own)[: source.integers(1, len(own) + 1)].tolist())
    days = 7 if happens(source, 0.1) else 6 if happens(source, 0.1) else 5
    first = int(source.integers(0, 7)) if happens(source, 0.15) else 0
    weekdays = [(first + day) % 7 for day in range(days)]
    return Person(
        id="",
        cells=cells,
        zone=str(source.choice(ZONES.get(language, ("UTC",)))),
        weekdays=tuple(sorted(weekdays[: 3 if part_time else 7])),
        begin=float(source.uniform(7, 12)),
        hours=round(float(source.uniform(2, 5) if part_time else source.uniform(4, 10)), 1),
        speed=float(np.exp(source.normal(0, 0.2))),
    )


def with_even_loads(project: Project, languages: tuple[str, ...], source: np.random.Generator) -> Project:
    """Each language loaded by itself, then all together, to at most the upper of LOADS."""
    kinds: list[Kind] = []
    for language in languages:
        own = tuple(kind for kind in project.kinds if kind.name.split("/")[0] == language)
        if own:
            alone = labeling_load(replace(project, kinds=own)).load
            if alone == NEVER:
                raise Unsuitable
            factor = source.uniform(*LOADS) / alone
            kinds += [replace(kind, weekly=kind.weekly * factor) for kind in own]
    whole = replace(project, kinds=tuple(kinds))
    return scaled(whole, min(1.0, LOADS[1] / labeling_load(whole).load))


def scaled(project: Project, factor: float, cells: frozenset[str] | None = None) -> Project:
    """So many times the tasks, in all cells or in some."""
    return replace(
        project,
        kinds=tuple(
            replace(kind, weekly=kind.weekly * factor) if cells is None or kind.name in cells else kind
            for kind in project.kinds
        ),
    )


def with_few_tasks(project: Project) -> Project:
    """The same loads with fewer and longer tasks, where there would be too many."""
    tasks = sum(kind.weekly for kind in project.kinds) * project.days / 7
    factor = max(1.0, tasks / MOST_TASKS)
    return replace(
        project,
        kinds=tuple(
            replace(kind, weekly=kind.weekly / factor, minutes=kind.minutes * factor)
            for kind in project.kinds
        ),
    )
