"""A project with all that a desk can show: two kinds of work, gold, an adjudication, guidelines, findings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.door.base import Visitor
from pipeline.door.desk import routes
from pipeline.ledger import LedgerPlace
from pipeline.ledger.notes import Notes
from pipeline.ledger.place import text_of
from pipeline.store import StorePlace
from schemas.base import Item, Label
from schemas.door import GoldFact
from schemas.facts import PersonFact, ResolutionFact, SyncFact
from schemas.people import Role
from schemas.steering import AdjudicationFact, DecisionFact, GuidelineFact
from tasks import task_types
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tests.pipeline.filled import SERVER, Filled, finding, said

PROJECT = """\
name = "demo"

[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"

[[tasks]]
type = "preference_pair"

[[tasks]]
type = "step_review"

[[people]]
name = "Li Na"
email = "li@vendor.example"
cells = ["en/preference_pair", "zh/step_review"]
zone = "Asia/Shanghai"

[[people]]
name = "Ana"
email = "ana@vendor.example"
role = "adjudicator"

[[people]]
name = "Lee"
email = "lee@vendor.example"
role = "lead"
"""
LI, ANA, LEE = "ann-11", "ann-22", "ann-33"
PEOPLE: dict[str, tuple[str, str, Role]] = {
    LI: ("Li Na", "li@vendor.example", "annotator"),
    ANA: ("Ana", "ana@vendor.example", "adjudicator"),
    LEE: ("Lee", "lee@vendor.example", "lead"),
}
PAIR = "en/preference_pair"
STEPS = "zh/step_review"
NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = NOW - timedelta(days=3)
JUST_NOW = NOW - timedelta(minutes=20)
OLD_GUIDELINE = (
    "# Comparing\n\nPrefer the answer that is right.\n\n- Length says nothing.\n- Style counts little.\n"
)
NEW_GUIDELINE = (
    "# Comparing\n\nPrefer the answer that is right.\n\n- Length says nothing.\n- Style counts for nothing.\n"
)
HOSTILE = (
    """<script>alert(1)</script><img src=x onerror=alert(2)>"'{{ 97 * 8191 }}{% raw %}`${9}`</textarea>"""
)
TOKEN = "a-token"
KINDS = (
    "edited by another",
    "outside their cells",
    "double submission",
    "past the overlap",
    "no lead time",
    "says no label",
)


def pair(number: int, prompt: str = "What is two and two?") -> PreferencePairItem:
    """A comparison to label."""
    return PreferencePairItem(prompt=f"{prompt} ({number})", answer_a="It is $2 + 2 = 4$.", answer_b="Five.")


def prefers(preference: int, reason: str = "") -> PreferencePairLabel:
    """A label of one."""
    return PreferencePairLabel(preference=preference, reason=reason)


def dumped(model: Item | Label) -> str:
    """As the store holds it."""
    return model.model_dump_json()


class Example(Filled):
    """The facts of the project, to add to."""

    def people(self) -> None:
        """All three, with their accounts."""
        for number, (annotator, (name, email, _)) in enumerate(PEOPLE.items(), start=1):
            self.put(
                PersonFact(
                    annotator=annotator,
                    server=SERVER,
                    person_id=number,
                    email=email,
                    name=name,
                    simulated=False,
                    seen_at=LONG_AGO,
                )
            )

    def pair(self, prompt: str = "What is two and two?", **columns: Any) -> str:
        """A comparison, in Label Studio."""
        given = {"cell": PAIR, "payload": dumped(pair(self._numbers.get("task", -1) + 1, prompt)), **columns}
        task = self.task(**given)
        self.push(task)
        return task

    def say(self, task: str, annotator: str, label: Label, at: datetime = LONG_AGO) -> str:
        """A label that somebody gave."""
        annotation, fact = said(self.number("vote"), task, annotator, at)
        self.put(annotation, fact.replace(payload=dumped(label)))
        return annotation.revision_id

    def gold(self, preference: int, clause: str | None = None, **columns: Any) -> str:
        """A comparison whose answer is known."""
        task = self.pair(**columns)
        fact = GoldFact(
            task_id=task,
            purpose="gold",
            payload=dumped(prefers(preference)),
            clause=clause,
            said_by="gold.jsonl",
            reason="",
            put_at=LONG_AGO,
        )
        self.put(fact)
        return task

    def overturn(self, annotator: str, vote: int, decided: int, why: str = "") -> str:
        """A comparison that was decided otherwise than somebody had said."""
        task = self.pair()
        votes = (self.say(task, annotator, prefers(vote)), self.say(task, "ann-99", prefers(decided)))
        case = f"case-{task}"
        revision = self.say(task, ANA, prefers(decided, why))
        self.put(
            AdjudicationFact(adjudication_id=case, task_id=task, revisions=votes, asked_at=LONG_AGO),
            DecisionFact(
                revision_id=revision,
                annotation_id=f"a-{revision}",
                adjudication_id=case,
                task_id=task,
                adjudicator=ANA,
                payload=dumped(prefers(decided, why)),
                reason=why,
                simulated=False,
                checked_at=LONG_AGO,
            ),
            ResolutionFact(
                resolution_id=f"res-{task}",
                task_id=task,
                payload=dumped(prefers(decided, why)),
                method="adjudicated",
                agreement=0.5,
                votes=2,
                revisions=(revision,),
                simulated=False,
                resolved_at=LONG_AGO,
                guideline="g1",
            ),
        )
        return task

    def guideline(self, text: str, version: str, since: datetime, task_type: str = "preference_pair") -> None:
        """A version of a guideline."""
        self.put(GuidelineFact(task_type=task_type, version=version, text=text, since=since))


def fill(made: Example) -> None:
    """A busy project: Li has done 4 gold tasks, one of them wrong, one of them too lately to be told."""
    made.people()
    made.put(SyncFact(server=SERVER, project_id=1, seen_until=NOW, synced_at=NOW - timedelta(minutes=5)))
    for _ in range(37):
        made.pair()
    for _ in range(4):
        made.push(made.task(cell=STEPS, task_type="step_review", version=task_types()["step_review"].version))
    for _ in range(12):
        made.push(made.task(cell="de/preference_pair"))
    for preference in (3, -2):
        made.say(made.gold(preference), LI, prefers(preference))
    missed = made.gold(3, clause="3.2 A right answer beats a longer one.")
    made.say(missed, LI, prefers(-3, "longer"))
    late = made.gold(3)
    made.say(late, LI, prefers(-3), at=JUST_NOW)
    made.overturn(LI, -3, 3, why="B is right, A is not.")
    made.guideline(OLD_GUIDELINE, "g1", LONG_AGO)
    made.guideline(NEW_GUIDELINE, "g2", NOW - timedelta(hours=2))
    made.guideline("# Steps\n\nRead each step.", "s1", LONG_AGO, "step_review")
    for number, kind in enumerate(KINDS):
        made.put(finding(kind, finding_id=f"f{number}", annotator=LI, cell=PAIR, found_at=LONG_AGO))
    made.put(finding("edited by another", finding_id="fx", annotator=ANA, cell=PAIR, found_at=LONG_AGO))
    for number in range(3):
        task = made.pair()
        made.say(task, LI, prefers(1), at=NOW - timedelta(minutes=10 + number))


def publish(folder: Path, *fillers: Any) -> None:
    """Facts into the store of a folder, its snapshot published."""
    with StorePlace(folder).writing("a test") as store:
        for one in fillers:
            one(Example(store))


class Behind:
    """Stands where the door's sessions stand: says who is there."""

    def __init__(self, app: ASGIApp, who: str) -> None:
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, _, role = PEOPLE[self._who]
        visitor = Visitor(annotator=self._who, name=name, role=role, account=1)
        scope.setdefault("state", {}).update(visitor=visitor, csrf=TOKEN)
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class Opened:
    """A desk, to look at as somebody."""

    folder: Path
    ledger: LedgerPlace
    app: ASGIApp

    def as_(self, who: str = LI, **headers: str) -> TestClient:
        """A browser of theirs."""
        return TestClient(Behind(self.app, who), follow_redirects=False, headers=headers)

    @property
    def notes(self) -> Notes:
        """What was written at the desk."""
        return Notes(self.ledger)

    def happened(self, events: Iterable[tuple[str, datetime]], who: str = LI, **columns: Any) -> None:
        """Events in the ledger."""
        with self.ledger.writing() as con:
            for number, (event, at) in enumerate(events):
                row = {
                    "event_id": f"{event}-{who}-{at.isoformat()}-{number}",
                    "ts": text_of(at),
                    "event": event,
                    "annotator": who,
                    "simulated": 0,
                    **columns,
                }
                marks = ", ".join("?" * len(row))
                con.execute(f"INSERT INTO events ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608 - names of our own

    def leased(
        self, uid: str, who: str = LI, *, swapped: bool, ended_at: datetime | None, why: str = "{}"
    ) -> None:
        """A lease in the ledger."""
        with self.ledger.writing() as con:
            row = {
                "lease_id": f"lease-{uid}-{who}",
                "uid": uid,
                "purpose": "label",
                "cell": PAIR,
                "task_type": "preference_pair",
                "version": 2,
                "attempt": 1,
                "project_id": 1,
                "remote_task_id": 1,
                "slot": 0,
                "annotator": who,
                "served_at": text_of(NOW - timedelta(hours=30)),
                "expires_at": text_of(NOW),
                "term": 60.0,
                "seen_at": text_of(NOW),
                "ended_at": text_of(ended_at) if ended_at else None,
                "ending": "submitted" if ended_at else None,
                "swapped": int(swapped),
                "simulated": 0,
                "why": why,
            }
            marks = ", ".join("?" * len(row))
            con.execute(f"INSERT INTO leases ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608 - names of our own


def opened(folder: Path) -> Opened:
    """The desk of a folder whose store is filled."""
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    ledger = LedgerPlace(folder)
    return Opened(folder, ledger, Starlette(routes=routes(folder, ledger)))


def posted(**fields: str) -> dict[str, str]:
    """A form's fields with the right token."""
    return {"csrf": TOKEN, **fields}
