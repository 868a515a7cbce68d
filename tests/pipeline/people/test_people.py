"""Pausing people shows its price first; forgetting them leaves their votes and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.opening import Studio
from pipeline.people.forgetting import forget
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.people.roster import Roster
from pipeline.people.whos_who import find
from pipeline.planning import pausing
from pipeline.store import Store, StorePlace
from schemas.errors import LabelStudioUnreachable, UsageError
from schemas.facts import AnnotationFact, LabelFact, PersonFact, ResolutionFact, TaskFact
from schemas.people import Person
from schemas.people_file import PEOPLE_FILE, write_people
from schemas.project import parse_project, read_project
from schemas.steering import PersonPauseFact

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EMAIL, NAME = "li.secret@vendor.example", "Li Secret"
LI = {"name": "li", "email": EMAIL}


def put_task(
    store: Store,
    name: str,
    votes: dict[str, datetime],
    *,
    method: str = "unanimous",
    lead: float | None = 360,
) -> None:
    """A settled task with the votes of some annotators."""
    store.put([TaskFact(
        task_id=name, item_id=name, task_type="step_review", version=1, cell="zh/step_review", attempt=1,
        overlap=len(votes), payload="{}", generated_at=NOW,
    )])  # fmt: skip
    revisions = {annotator: f"{name}-{annotator}" for annotator in votes}
    store.put(
        AnnotationFact(
            revision_id=revisions[annotator], annotation_id=revisions[annotator], task_id=name, annotator=annotator,
            server="fake", remote_id=1, result="[]", lead_seconds=lead, skipped=False, deleted=False, simulated=False,
            created_at=at, updated_at=at, synced_at=NOW,
        )
        for annotator, at in votes.items()
    )  # fmt: skip
    store.put(
        LabelFact(
            revision_id=revision, annotation_id=revision, task_id=name, annotator=annotator, payload="{}",
            simulated=False, checked_at=NOW,
        )
        for annotator, revision in revisions.items()
    )  # fmt: skip
    store.put([ResolutionFact(
        resolution_id=name, task_id=name, payload="{}", method=method, agreement=1.0, votes=len(votes),
        revisions=tuple(sorted(revisions.values())) if method != "adjudicated" else ("decided",), simulated=False,
        resolved_at=NOW,
    )])  # fmt: skip


def put_account(store: Store, annotator: str, person_id: int, email: str = EMAIL, name: str = NAME) -> None:
    store.put([PersonFact(
        annotator=annotator, server="fake", person_id=person_id, email=email, name=name, simulated=False, seen_at=NOW
    )])  # fmt: skip


# Pausing


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    store = Store(":memory:")
    put_account(store, "ann-1", 1000)
    put_task(store, "early", {"ann-1": NOW - 9 * HOUR, "ann-2": NOW})
    put_task(store, "late", {"ann-1": NOW - HOUR, "ann-2": NOW})
    put_task(store, "judged", {"ann-1": NOW - HOUR, "ann-2": NOW}, method="adjudicated")
    put_task(store, "others", {"ann-2": NOW, "ann-3": NOW})
    studio = FakeLabelStudio()
    project = parse_project({"name": "p", "people": [LI, {"name": "an", "email": "an@vendor.example"}]})
    return Context(tmp_path, project, store, lambda: studio, server="fake", clock=lambda: NOW)


def undone(ctx: Context, since: datetime | None) -> pausing.Undone:
    return pausing.undone(ctx.project, ctx.store, find("li", ctx.project.people, ctx.store), since)


def test_the_price_of_a_pause_is_votes_settled_tasks_and_hours(ctx: Context) -> None:
    lost = undone(ctx, NOW - 2 * HOUR)
    assert (lost.votes, lost.decisions, lost.tasks) == (2, 0, 1)
    assert lost.hours == pytest.approx(0.1)  # the vote that was adjudicated over needs nobody
    assert undone(ctx, NOW - 10 * HOUR).tasks == 2


def test_without_a_day_nothing_stops_counting(ctx: Context) -> None:
    assert undone(ctx, None) == pausing.Undone(votes=0, decisions=0, tasks=0, hours=0.0)


def test_hours_that_nobody_knows_are_not_made_up(ctx: Context) -> None:
    store = Store(":memory:")
    put_account(store, "ann-1", 1)
    put_task(store, "late", {"ann-1": NOW}, lead=None)
    somebody = find("ann-1", (), store)
    assert pausing.undone(ctx.project, store, somebody, NOW).hours is None
    timed = parse_project({"name": "p", "tasks": [{"type": "step_review", "minutes": 30}]})
    assert pausing.undone(timed, store, somebody, NOW).hours == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["li", "LI.Secret@vendor.example", "ann-1"])
def test_a_pause_is_on_record_by_pseudonym_whatever_name_was_said(ctx: Context, name: str) -> None:
    assert pausing.pause(ctx, name, NOW - 2 * HOUR, "away") == undone(ctx, NOW - 2 * HOUR)
    (fact,) = ctx.store.facts(PersonPauseFact)
    assert fact == PersonPauseFact(
        annotator="ann-1", paused=True, redo_since=NOW - 2 * HOUR, reason="away", set_at=NOW
    )
    assert Roster(ctx).why_not("ann-1", "zh/step_review", NOW + HOUR, "label") is not None


def test_who_is_resumed_counts_again_and_once_is_enough(ctx: Context) -> None:
    pausing.pause(ctx, "li", None, "")
    later = Context(**{**vars(ctx), "clock": lambda: NOW + HOUR})
    assert pausing.resume(later, "li")
    assert not pausing.resume(later, "li")
    assert Roster(ctx).why_not("ann-1", "zh/step_review", NOW + HOUR, "label") is None
    assert ctx.store.count("person_pauses") == 2


def test_somebody_who_has_not_labeled_yet_is_met_first(ctx: Context) -> None:
    with pytest.raises(UsageError, match="nothing to pause yet"):
        pausing.pause(ctx, "an", None, "")
    ctx.label_studio.person("an@vendor.example")  # type: ignore[attr-defined] # the hands of the fake
    pausing.pause(ctx, "an", None, "")
    assert ctx.store.count("person_pauses") == 1


def test_a_name_that_nobody_or_several_have_is_refused(ctx: Context) -> None:
    with pytest.raises(UsageError, match="nobody is called 'lee'"):
        pausing.pause(ctx, "lee", None, "")
    put_account(ctx.store, "ann-9", 9, email="li")
    with pytest.raises(UsageError, match="2 are"):
        pausing.pause(ctx, "li", None, "")


def test_how_an_account_calls_itself_makes_it_nobody(ctx: Context) -> None:
    put_account(ctx.store, "ann-9", 9, email="other@vendor.example", name="an")
    assert find("an", ctx.project.people, ctx.store).accounts == ()


# Forgetting

Left = tuple[Path, FakeLabelStudio, int]


@pytest.fixture
def left(tmp_path: Path) -> Left:
    """A folder in which li has labeled and stands in people.csv, with the account's id."""
    (tmp_path / "project.toml").write_text(
        'name = "p"\n[[people]]\nname = "an"\nemail = "an@vendor.example"\n'
    )
    write_people(tmp_path, [Person.model_validate(LI)])
    studio = FakeLabelStudio()
    account = studio.person(EMAIL, NAME)
    with StorePlace(tmp_path).writing("test") as store:
        put_account(store, "ann-1", account.id)
        put_task(store, "late", {"ann-1": NOW, "ann-2": NOW})
    assert EMAIL.encode() in StorePlace(tmp_path).snapshot.read_bytes()
    return tmp_path, studio, account.id


def run(folder: Path, studio: FakeLabelStudio, name: str) -> Any:
    return forget(folder, read_project(folder), Studio("fake", lambda: studio), name, 5)


def holding(folder: Path) -> list[str]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert found
    return [path.name for path in found if any(said.encode() in path.read_bytes() for said in (EMAIL, NAME))]


@pytest.mark.parametrize("name", ["li", EMAIL, "ann-1"])
def test_no_file_holds_a_forgotten_name_and_the_votes_stay(left: Left, name: str) -> None:
    folder, studio, person_id = left
    assert len(holding(folder)) == 3
    done = run(folder, studio, name)
    assert holding(folder) == []
    assert done.annotators == ("ann-1",)
    assert [person.name for person in read_project(folder).people] == ["an"]
    with StorePlace(folder).reading() as store:
        (person,) = store.facts(PersonFact)
        assert (person.email, person.name, person.person_id) == ("", "", person_id)
        assert person.forgotten_at is not None
        assert store.value("SELECT count(*) FROM votes WHERE annotator = 'ann-1'") == 1
    assert [person.name for person in studio.people()] == ["ann-1"]
    assert any(
        "delete the account there" in line for line in done.left
    )  # its address, which the server keeps
    assert any("backups" in line for line in done.left)


def test_a_forgotten_account_keeps_its_pseudonym_and_gets_no_name_again(
    left: Left,
) -> None:
    folder, studio, person_id = left
    run(folder, studio, "li")
    with StorePlace(folder).writing("test") as store:
        ctx = Context(folder, read_project(folder), store, lambda: studio, server="fake")
        Pseudonyms(ctx).meet()
        known = Pseudonyms(ctx).of(person_id)
        assert known is not None
        assert (known.annotator, known.email, known.name) == ("ann-1", "", "")
        assert store.count("people") == 1
    assert EMAIL.encode() not in StorePlace(folder).snapshot.read_bytes()


def test_what_was_broken_off_is_gone_on_with(left: Left) -> None:
    folder, studio, _ = left

    def gone() -> Any:
        raise LabelStudioUnreachable("Label Studio: should run, does not; start it with: headrace up")

    done = forget(folder, read_project(folder), Studio("fake", gone), "li", 5)
    assert any("headrace people forget ann-1" in line for line in done.left)
    again = run(folder, studio, "ann-1")
    assert again.annotators == ("ann-1",)
    assert [person.name for person in studio.people()] == ["ann-1"]
    with StorePlace(folder).reading() as store:
        assert store.count("people") == 1


def test_a_name_that_is_in_people_csv_only_goes_too(left: Left) -> None:
    folder, studio, _ = left
    write_people(folder, [Person(name="lu", email="lu@vendor.example")])
    account = studio.person("lu@vendor.example", "Lu Other")
    (annotator,) = run(folder, studio, "lu").annotators
    assert "lu@" not in (folder / PEOPLE_FILE).read_text()
    assert [person.name for person in studio.people() if person.id == account.id] == [annotator]


def test_what_headrace_does_not_write_is_named(left: Left) -> None:
    folder, studio, _ = left
    older = folder / ".headrace" / "store.v1.duckdb"
    older.write_bytes(b"old")
    done = run(folder, studio, "an")
    assert any("project.toml: still holds it" in line for line in done.left)
    assert any(str(older) in line for line in done.left)
    assert all("\n" not in line for line in done.left)


def test_that_nobody_is_named_any_more_is_said(left: Left) -> None:
    folder, studio, _ = left
    (folder / "project.toml").write_text('name = "p"\n')
    assert any(
        "everybody with an account may do everything" in line for line in run(folder, studio, "li").left
    )
