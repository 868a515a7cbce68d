"""The stage `screen`: what is admitted, rejected, masked and noted, each record once."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pipeline import screening
from pipeline.context import Context, run_stage
from pipeline.screening.base import Found, Options, Screen
from pipeline.screening.subject import Subject
from pipeline.stages.screen import screen
from pipeline.store import Store
from schemas.errors import ProjectError
from schemas.facts import RecordFact
from schemas.project import parse_project
from tests.pipeline.screening.shards import NOW, context, fill, record, verdicts


class Shouting(Screen):
    """Prompts in capitals; those of one word cannot be masked."""

    name = "shouting"
    title = "in capitals"
    can = frozenset({"pass", "mask", "reject"})

    def look(self, subject: Subject, options: Options, prepared: object) -> Found | None:
        del options, prepared
        if not subject.prompt.isupper():
            return None
        masked = subject.rewritten(lambda _, text: text.capitalize()) if " " in subject.prompt else None
        return Found("is in capitals", {"letters": len(subject.prompt)}, masked)


class Asking(Screen):
    """Prompts that ask nothing."""

    name = "asking"
    title = "no question"
    seen: ClassVar[list[str]] = []

    def look(self, subject: Subject, options: Options, prepared: object) -> Found | None:
        del options, prepared
        self.seen.append(subject.prompt)
        return None if "?" in subject.prompt else Found("asks nothing", {})


@pytest.fixture(autouse=True)
def own_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two screens besides those that are there."""
    mine = {"shouting": Shouting(), "asking": Asking()}
    real = screening.screen
    monkeypatch.setattr(
        "pipeline.screening.choosing.screen", lambda name: mine[name] if name in mine else real(name)
    )
    monkeypatch.setattr("pipeline.screening.screen", lambda name: mine[name] if name in mine else real(name))
    Asking.seen.clear()


def ran(ctx: Context) -> dict[str, Any]:
    return run_stage(ctx, "screen", screen).to_json("screen")


def other(ctx: Context, **screens: Any) -> Context:
    """The same project with other screens."""
    return replace(ctx, project=parse_project({"name": "screened", "screens": screens}))


def test_without_screens_everything_goes_on(tmp_path: Path) -> None:
    ctx = context(tmp_path, {})
    ids = fill(ctx, [record("One?", "a", language="en"), record("Two?")], 1)
    assert ran(ctx)["done"] == 2
    rows = ctx.store.rows("SELECT * FROM records ORDER BY candidates DESC")
    assert [row["record_id"] for row in rows] == ids
    assert json.loads(rows[0]["payload"])["prompt"] == "One?"
    assert (rows[0]["language"], rows[0]["candidates"], rows[0]["ingested_at"]) == ("en", 1, NOW)
    assert verdicts(ctx) == [(one, "pass", None, one) for one in ids]


def test_a_second_run_does_nothing_and_new_records_are_screened_alone(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"asking": "reject"})
    fill(ctx, [record("One?")])
    assert ran(ctx)["done"] == 1
    assert (ran(ctx)["done"], ran(ctx)["skipped"]) == (0, 1)
    fill(ctx, [record("Two?")], run="b")
    assert (ran(ctx)["done"], ctx.store.count("records")) == (1, 2)
    assert Asking.seen == ["One?", "Two?"]


def test_what_is_rejected_is_a_reject_with_its_evidence_and_no_record(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "reject"})
    loud, calm = fill(ctx, [record("WHY NOT?"), record("Why?")])
    assert ran(ctx)["rejected"] == {"in capitals": 1}
    reject = ctx.store.rows("SELECT * FROM rejects")[0]
    assert (reject["stage"], reject["subject"], reject["reason"]) == ("screen", loud, "in capitals")
    assert (reject["detail"], json.loads(reject["evidence"])) == (
        f"record {loud} is in capitals",
        {"letters": 8},
    )
    assert [row["record_id"] for row in ctx.store.rows("SELECT record_id FROM records")] == [calm]
    assert verdicts(ctx) == [(loud, "reject", "shouting", None), (calm, "pass", None, calm)]


def test_what_is_masked_goes_on_as_another_record_and_is_noted(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "mask"})
    (loud,) = fill(ctx, [record("WHY NOT?")])
    ran(ctx)
    calm = record("Why not?")
    rows = ctx.store.rows("SELECT record_id, prompt_id, payload FROM records")
    assert [tuple(row.values()) for row in rows] == [
        (calm.id, calm.prompt_id, calm.model_dump_json(exclude_none=True))
    ]
    assert verdicts(ctx) == [(loud, "mask", None, calm.id)]
    noted = ctx.store.rows("SELECT record_id, screen, verdict, reason FROM noted")
    assert [tuple(row.values()) for row in noted] == [(loud, "shouting", "mask", "is in capitals")]
    assert ctx.store.count("rejects") == 0


def test_what_cannot_be_masked_is_rejected(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "mask"})
    (loud,) = fill(ctx, [record("WHY?")])
    ran(ctx)
    assert verdicts(ctx) == [(loud, "reject", "shouting", None)]


def test_what_passes_all_the_same_is_noted(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "pass"})
    (loud,) = fill(ctx, [record("WHY NOT?")])
    assert ran(ctx)["rejected"] == {}
    assert verdicts(ctx) == [(loud, "pass", None, loud)]
    assert ctx.store.rows("SELECT screen, verdict FROM noted") == [{"screen": "shouting", "verdict": "pass"}]


def test_screens_see_what_those_before_them_masked_and_nothing_that_was_rejected(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "mask", "asking": "reject"})
    fill(ctx, [record("WHY NOT?"), record("WHY?"), record("So it is.")])
    assert ran(ctx)["rejected"] == {"in capitals": 1, "no question": 1}
    assert Asking.seen == ["Why not?", "So it is."]


def test_two_records_that_masks_make_one_are_one(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "mask"})
    loud, calm = fill(ctx, [record("WHY NOT?"), record("Why not?")])
    ran(ctx)
    assert ctx.store.count("records") == 1
    assert [one[3] for one in verdicts(ctx)] == [calm, calm]
    assert loud != calm


def test_what_masks_make_alike_is_a_duplicate_where_that_is_asked(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"exact_duplicates": "reject", "shouting": "mask"})
    loud, calm = fill(ctx, [record("WHY NOT?", "So."), record("Why not?", "So.")])
    assert ran(ctx)["rejected"] == {"exact duplicate": 1}
    assert [one[:3] for one in verdicts(ctx)] == [(loud, "mask", None), (calm, "reject", "exact_duplicates")]
    kept = ctx.store.value("SELECT evidence FROM rejects")
    assert json.loads(kept) == {"kept": record("Why not?", "So.").id}


def test_duplicates_that_pass_are_noted_and_go_on(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"exact_duplicates": "pass"})
    ids = fill(ctx, [record("Why?"), record("why?"), record("WHY?")])
    assert ran(ctx)["rejected"] == {}
    assert ctx.store.count("records") == 3
    assert [row["record_id"] for row in ctx.store.rows("SELECT record_id FROM noted ORDER BY 1")] == sorted(
        ids[1:]
    )


def test_a_record_keeps_its_verdict_when_the_screens_change(tmp_path: Path) -> None:
    ctx = context(tmp_path, {})
    fill(ctx, [record("WHY NOT?")])
    ran(ctx)
    changed = other(ctx, shouting="reject")
    fill(changed, [record("HOW SO?")], run="b")
    assert ran(changed) | {"seconds": 0} == {
        "stage": "screen",
        "done": 1,
        "skipped": 1,
        "rejected": {"in capitals": 1},
        "seconds": 0,
    }
    assert ctx.store.count("records") == 1


def test_nothing_is_held_against_what_was_rejected(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"shouting": "reject", "exact_duplicates": "reject"})
    fill(ctx, [record("WHY NOT?")])
    ran(ctx)
    fill(ctx, [record("Why not?")], run="b")
    assert ran(ctx)["rejected"] == {}


def test_records_from_before_there_were_screens_count_as_the_earliest(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"exact_duplicates": "reject"})
    fill(ctx, [record("Why not?")])
    ran(ctx)
    older = replace(ctx, store=Store(":memory:"), folder=tmp_path / "older")
    older.store.put(ctx.store.facts(RecordFact))
    fill(older, [record("WHY NOT?"), record("How?")])
    assert ran(older)["rejected"] == {"exact duplicate": 1}
    assert json.loads(older.store.value("SELECT evidence FROM rejects")) == {"kept": record("Why not?").id}
    fill(older, [record("why not?")], run="b")
    assert ran(older)["rejected"] == {"exact duplicate": 1}
    assert older.store.count("records") == 2


def test_an_unknown_screen_stops_the_stage_before_anything_is_screened(tmp_path: Path) -> None:
    ctx = context(tmp_path, {"exact_duplicate": "reject"})
    with pytest.raises(ProjectError, match="exact_duplicates"):
        ran(ctx)
    fill(ctx, [record("Why?")])
    with pytest.raises(ProjectError, match="exact_duplicates"):
        ran(ctx)
    assert ctx.store.count("screened") == 0


def test_each_shard_takes_up_where_the_one_before_it_ended(tmp_path: Path) -> None:
    ticks = iter(NOW + timedelta(seconds=n) for n in range(1000))
    ctx = replace(context(tmp_path, {}), clock=lambda: next(ticks))
    fill(ctx, [record(f"Why {n}?") for n in range(6)], 2)
    ran(ctx)
    spans = ctx.store.rows("SELECT DISTINCT started_at, screened_at FROM screened ORDER BY 1")
    assert len(spans) == 3
    assert all(one["started_at"] < one["screened_at"] for one in spans)
    assert all(a["screened_at"] == b["started_at"] for a, b in pairwise(spans))
