"""What the demo made: how much, where, and how right it is, which only a demo can know."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.demo.people import ADJUDICATOR, PEOPLE, SimulatedPerson
from pipeline.demo.rounds import Rounds
from pipeline.demo.truth import truth
from pipeline.planning.gold import gold_votes
from pipeline.quality.consensus import settle
from pipeline.quality.gold import GoldScore, by_person
from pipeline.report.progress import Progress
from pipeline.report.status import counts
from pipeline.store import Store
from schemas.base import Frozen, Label, Vote
from schemas.flow import Flow
from tasks import task_types

VOTES = """
SELECT p.email, v.annotator, v.task_id, t.item_id, t.task_type, v.payload
FROM votes v JOIN people p USING (annotator) JOIN standing_tasks t USING (task_id)
ORDER BY t.task_type, v.task_id, v.submitted_at, v.revision_id
"""
DECISIONS = """
SELECT p.email, t.item_id, t.task_type, d.payload
FROM current_decisions d JOIN people p ON p.annotator = d.adjudicator JOIN tasks t USING (task_id)
WHERE d.payload IS NOT NULL
"""
AGREED = """
SELECT t.task_type, t.item_id, r.payload
FROM standing_tasks t LEFT JOIN current_resolutions r USING (task_id) ORDER BY t.task_type
"""
OPEN = """
SELECT t.cell, t.task_type, p.project_id, p.remote_task_id
FROM open_adjudications j JOIN pushes p ON p.task_id = j.adjudication_id JOIN tasks t ON t.task_id = j.task_id
ORDER BY t.cell, p.remote_task_id LIMIT 1
"""


class PersonAccuracy(Frozen):
    """How often one simulated person was right, beside how often they are by the way they were made."""

    name: str
    labels: int
    right: int
    stated: float
    gold: int = 0
    """How many of the project's gold tasks they answered, as the project itself counts."""
    gold_right: int = 0


class TaskTypeAccuracy(Frozen):
    """On how many tasks of one type people came to a label, and how many of these labels are the true ones."""

    task_type: str
    tasks: int
    two_agreed: int
    """By the first two votes alone."""
    two_right: int
    agreed: int
    """In the end: with third votes, and what was adjudicated."""
    right: int


class Counts(Frozen):
    """How many there are."""

    records: int
    tasks: int
    cells: int
    annotations: int
    """With those on gold."""
    simulated_annotations: int
    labels: int
    rejects: int
    disputed: int
    gold: int
    """Tasks whose label the project knows: they measure people, and count as no work."""
    unfinished: int
    """Tasks that still want a vote."""


class Sifted(Frozen):
    """What machines did before people were asked."""

    read: int
    stopped: dict[str, int]
    """Records by what was found in them."""
    masked: int
    """Records that went on without the passage that was found."""
    labeled: int
    """Items to which a machine gave the label."""
    audited: int
    """Items that a machine decides, and people settled all the same."""
    wrong: int
    """Of these, those to which people gave another label."""
    ran: int
    """Programs that were run in the sandbox."""


class Savings(Frozen):
    """The answers that the settled tasks took, beside those that three for each would have been."""

    answers: int
    full: int
    audited: int
    """Tasks that got three whatever the first two said."""
    flipped: int
    """Of these, those whose label would have been another one by the first two."""

    @property
    def share(self) -> float:
        """The part that was saved: 0..1."""
        return 1 - self.answers / self.full if self.full else 0.0


class Disputes(Frozen):
    """The tasks on which votes came to no label."""

    decided: int
    sent_back: int
    waiting: int


class Left(Frozen):
    """A dispute that is left for the visitor."""

    cell: str
    task_type: str
    url: str
    """Where it can be decided."""


class Made(Frozen):
    """Where the demo put what it made."""

    project: Path
    release: Path
    version: str
    rows: int
    report: Path
    url: str
    """Label Studio's address."""
    username: str
    credentials: Path
    """The file with the password, for its owner alone."""
    door: str
    """The address of the annotators' door."""
    link: str
    """By which the visitor comes in, once."""
    rounds: Rounds | None
    """What became another one between its first release and the newest."""


class Summary(Frozen):
    """The end of the demo."""

    sentence: str
    """What the analysis says of the simulated three weeks, and of what came after them."""
    counts: Counts
    sifted: Sifted
    savings: Savings
    disputes: Disputes
    annotators: tuple[PersonAccuracy, ...]
    adjudicator: PersonAccuracy
    task_types: tuple[TaskTypeAccuracy, ...]
    left: Left | None
    made: Made

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it; the password is not in it."""
        return {"simulated": self.counts.simulated_annotations > 0, **self.model_dump(mode="json")}


def summarize(store: Store, measured: Progress, made: Made, flow: Flow | None) -> Summary:
    """Compare what the store holds with the truth; the rest is what the report says too."""
    votes, gold = store.rows(VOTES), _gold(store)
    return Summary(
        sentence=flow.sentence if flow else "",
        counts=Counts(**counts(store, Counts.model_fields)),
        sifted=_sifted(measured),
        savings=Savings(
            answers=sum(one.votes for one in measured.savings),
            full=sum(one.full for one in measured.savings),
            audited=sum(one.audited for one in measured.savings),
            flipped=sum(one.flipped for one in measured.savings),
        ),
        disputes=Disputes(
            decided=sum(one.decided for one in measured.adjudication),
            sent_back=sum(one.sent_back for one in measured.adjudication),
            waiting=sum(one.waiting for one in measured.adjudication),
        ),
        annotators=tuple(_with_gold(_accuracy(person, votes), gold.get(person.email)) for person in PEOPLE),
        adjudicator=_accuracy(ADJUDICATOR, store.rows(DECISIONS)),
        task_types=tuple(_task_types(store, votes)),
        left=_left(store, made.url),
        made=made,
    )


def _sifted(measured: Progress) -> Sifted:
    gates, audits = measured.gates, [audit for one in measured.checks for audit in one.audits]
    return Sifted(
        read=gates.read,
        stopped={gate.name: gate.stopped for gate in gates.gates if gate.stopped},
        masked=gates.masked,
        labeled=gates.labeled,
        audited=sum(audit.compared for audit in audits),
        wrong=sum(audit.wrong for audit in audits),
        ran=sum(one.candidates for one in measured.checks if one.check == "programs"),
    )


def _accuracy(person: SimulatedPerson, said: list[dict[str, Any]]) -> PersonAccuracy:
    own = [row for row in said if row["email"] == person.email]
    right = sum(_is_right(row["item_id"], _label(row)) for row in own)
    return PersonAccuracy(name=person.name, labels=len(own), right=right, stated=person.accuracy)


def _gold(store: Store) -> dict[str, GoldScore]:
    """How people did on gold, by their mail addresses."""
    scores = by_person(gold_votes(store))
    addresses = {row["annotator"]: row["email"] for row in store.rows("SELECT annotator, email FROM people")}
    return {addresses[annotator]: score for annotator, score in scores.items()}


def _with_gold(person: PersonAccuracy, score: GoldScore | None) -> PersonAccuracy:
    return person.replace(gold=score.of, gold_right=score.right) if score else person


def _task_types(store: Store, votes: list[dict[str, Any]]) -> Iterator[TaskTypeAccuracy]:
    by_two: dict[str, list[bool]] = {}
    for _, group in groupby(votes, lambda row: row["task_id"]):
        first, *others = list(group)[:2]
        label = _settled([first, *others])
        if others and label is not None:
            by_two.setdefault(first["task_type"], []).append(_is_right(first["item_id"], label))
    for name, tasks in groupby(store.rows(AGREED), lambda row: str(row["task_type"])):
        of_type = list(tasks)
        agreed = [row for row in of_type if row["payload"] is not None]
        yield TaskTypeAccuracy(
            task_type=name,
            tasks=len(of_type),
            two_agreed=len(by_two.get(name, [])),
            two_right=sum(by_two.get(name, [])),
            agreed=len(agreed),
            right=sum(_is_right(row["item_id"], _label(row)) for row in agreed),
        )


def _settled(votes: list[dict[str, Any]]) -> Label | None:
    said = [Vote[Any](annotator=row["annotator"], label=_label(row)) for row in votes]
    return settle(task_types()[votes[0]["task_type"]], said).label


def _label(row: Mapping[str, Any]) -> Label:
    label: Label = task_types()[row["task_type"]].label.model_validate_json(row["payload"])
    return label


def _is_right(item_id: str, label: Label) -> bool:
    return truth()[item_id].agrees(label)


def _left(store: Store, url: str) -> Left | None:
    for row in store.rows(OPEN):
        address = f"{url}/projects/{row['project_id']}/data?task={row['remote_task_id']}"
        return Left(cell=row["cell"], task_type=row["task_type"], url=address)
    return None
