"""How good people are and what stands out about them, by all that they said: worked out now and then, and kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pipeline.assessing.upkeep import doubtful_gold
from pipeline.assessing.voted import Voted, voted
from pipeline.quality.careless import careless_at
from pipeline.quality.copied_model import copies_model_at
from pipeline.quality.copying import copies_earlier_at, pairs_at
from pipeline.quality.gold_faults import GoldFault
from pipeline.quality.reliability import reliabilities
from pipeline.quality.rhythm import Answer, rhythm
from pipeline.quality.signs import Kind, Sign
from pipeline.store import Store
from schemas.assessments import AssessmentFact
from schemas.base import Frozen, Label

GROWN = 0.1
"""People are assessed anew when there are so many more answers than last time, and otherwise once a day."""
DAILY = timedelta(days=1)
FEWEST, FEW = 20, 10
"""So many answers are there before anybody is assessed; and of one person in one kind of work, before that is told."""
LAST = 1000
"""So many of each person's last answers are looked at for their times."""
BY_THE_CLOCK: frozenset[Kind] = frozenset({"burst", "overlapping_times", "even_pace"})
"""Signs in when answers were handed in, which of simulated people says nothing: they are made up faster than that."""
TICK = timedelta(microseconds=1)

ON_RECORD = "SELECT count(*) FROM labels"
SINCE = """
SELECT EXISTS (SELECT 1 FROM gold WHERE put_at > $1) OR EXISTS (SELECT 1 FROM person_pauses WHERE set_at > $1) AS new
"""
TIMES = f"""
SELECT v.annotator, v.task_id, v.submitted_at, t.cell, v.lead_seconds, v.simulated
FROM every_vote v JOIN tasks t USING (task_id)
QUALIFY row_number() OVER (PARTITION BY v.annotator ORDER BY v.submitted_at DESC, v.annotation_id) <= {LAST}
"""  # noqa: S608 - a number of ours
FIRST = "SELECT annotator, min(submitted_at) AS at FROM every_vote GROUP BY annotator"


class Rightness(Frozen):
    """How often somebody is right in one kind of work."""

    annotator: str
    task_type: str
    labels: int
    mean: float
    low: float
    """The truth lies between these two 95 times in 100."""
    high: float
    judged_by: Literal["gold", "votes"]
    """`gold` where they answered 20 gold tasks or more, else what all votes come to."""


class Noticed(Frozen):
    """Something that stands out about somebody: evidence for a person to look at, never a verdict."""

    annotator: str
    kind: Kind
    said: str
    """The evidence in one line."""
    value: float
    low: float
    """The figure lies between these two 95 times in 100."""
    high: float
    n: int
    other: str | None
    """Whose answers these are like."""
    tasks: tuple[str, ...]
    """Some of those that tell most."""
    since: datetime
    """Their first answer among those that were looked at."""


class Assessment(Frozen):
    """All people at one moment, and the gold by which they are not judged."""

    people: tuple[Rightness, ...] = ()
    noticed: tuple[Noticed, ...] = ()
    doubtful: tuple[GoldFault, ...] = ()
    """Gold that is probably wrong itself."""

    @property
    def aside(self) -> frozenset[str]:
        """The gold tasks by which nobody is judged until a lead has looked at them."""
        return frozenset(fault.item for fault in self.doubtful if fault.set_aside)


def newest(store: Store) -> tuple[Assessment, datetime | None]:
    """What was made of people last, and when; nothing, and None, where they never were assessed."""
    found = store.rows("SELECT * FROM assessments ORDER BY assessed_at DESC LIMIT 1")
    if not found:
        return Assessment(), None
    return Assessment.model_validate_json(found[0]["payload"]), found[0]["assessed_at"]


def is_due(store: Store, now: datetime) -> bool:
    """Whether there is enough that is new to assess people anew: it takes all votes, so not for every one."""
    answers = int(store.value(ON_RECORD))
    last = store.rows("SELECT assessed_at, votes FROM assessments ORDER BY assessed_at DESC LIMIT 1")
    if not last:
        return answers >= FEWEST
    grown = abs(answers - last[0]["votes"])
    if grown > GROWN * last[0]["votes"] or bool(store.value(SINCE, [last[0]["assessed_at"]])):
        return True
    return bool(grown > 0 and now - last[0]["assessed_at"] >= DAILY)


def assess(store: Store, now: datetime, models: Mapping[str, Label] | None = None) -> AssessmentFact:
    """Assess everybody; `models` gives the hidden model's label by task, where records have one."""
    doubtful = tuple(doubtful_gold(store))
    aside = {fault.item for fault in doubtful if fault.set_aside}
    kinds = list(voted(store, aside, models))
    first = {row["annotator"]: row["at"] for row in store.rows(FIRST)}
    people = tuple(one for kind in kinds for one in _rightness(kind))
    signs = [*_by_votes(kinds), *_by_times(store, people)]
    noticed = tuple(_noticed(sign, first) for sign in signs)
    found = Assessment(people=people, noticed=noticed, doubtful=doubtful)
    last = store.value("SELECT max(assessed_at) FROM assessments")
    return AssessmentFact(
        assessed_at=now if last is None else max(now, last + TICK),
        votes=int(store.value(ON_RECORD)),
        payload=found.model_dump_json(),
    )


def overall(people: Sequence[Rightness]) -> dict[str, float]:
    """How often each person is right over all kinds of work, by how much of each they did."""
    right, labels = defaultdict[str, float](float), defaultdict[str, int](int)
    for one in people:
        right[one.annotator] += one.mean * one.labels
        labels[one.annotator] += one.labels
    return {name: right[name] / labels[name] for name in right if labels[name]}


def pause_command(annotator: str, since: datetime) -> str:
    """What stops somebody, and has done anew what they did since a day."""
    return f"headrace people pause {annotator} --redo-since {since:%Y-%m-%d}"


def _rightness(kind: Voted) -> Iterator[Rightness]:
    known = kind.known
    for one in reliabilities(kind.work.votes, kind.truth.posterior, known):
        if one.labels < FEW:
            continue
        low, high = one.interval
        yield Rightness(
            annotator=one.annotator,
            task_type=kind.task_type,
            labels=one.labels,
            mean=one.accuracy,
            low=low,
            high=high,
            judged_by=one.judged_by,
        )


def _by_votes(kinds: Sequence[Voted]) -> list[Sign]:
    works = [kind.work for kind in kinds]
    if not works:
        return []
    return [*careless_at(works), *copies_earlier_at(works), *pairs_at(works), *copies_model_at(works)]


def _by_times(store: Store, people: Sequence[Rightness]) -> list[Sign]:
    rows = store.rows(TIMES)
    simulated = {row["annotator"] for row in rows if row["simulated"]}
    answers = (
        Answer(row["annotator"], row["task_id"], row["submitted_at"], row["cell"], row["lead_seconds"])
        for row in rows
    )
    signs = rhythm(answers, overall(people) or None)
    return [sign for sign in signs if not (sign.annotator in simulated and sign.kind in BY_THE_CLOCK)]


def _noticed(sign: Sign, first: Mapping[str, datetime]) -> Noticed:
    low, high = sign.interval
    return Noticed(
        annotator=sign.annotator,
        kind=sign.kind,
        said=sign.said,
        value=sign.value,
        low=low,
        high=high,
        n=sign.n,
        other=sign.other,
        tasks=sign.items,
        since=first[sign.annotator],
    )
