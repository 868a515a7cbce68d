"""The difference between two releases: applied to the first it gives the second, and every row of it has its reason."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.released.differing import Difference, difference, shown
from pipeline.released.opened import Opened
from pipeline.released.whys import BEHIND, WHYS
from schemas.errors import SourceError
from tests.pipeline.released.shelf import name_of, put, row, source

Rows = list[dict[str, Any]]


@contextmanager
def between(folder: Path, a: Rows, b: Rows, **said: Any) -> Iterator[Difference]:
    """The difference between two releases of these rows."""
    first = put(folder / "a", a, **said.pop("before", {}))
    second = put(folder / "b", b, "0.2.0", **said)
    with difference(Opened(first), Opened(second)) as found:
        yield found


def told(folder: Path, a: Rows, b: Rows, **said: Any) -> list[tuple[int, str, str]]:
    """Which rows differ, how and why."""
    numbers = {name_of(number): number for number in range(100)}
    with between(folder, a, b, **said) as found:
        rows = shown(found.rows(), 1000)
        assert sum(found.all.changes.values()) == sum(found.all.whys.values()) == len(rows)
    return sorted((numbers[one["row_id"]], one["change"], one["why"]) for one in rows)


def members(rows: Rows) -> dict[str, tuple[str, str, str]]:
    return {one["row_id"]: (one["set"], one["split"], one["row_hash"]) for one in rows}


def applied(before: Mapping[str, tuple[str, str, str]], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a difference makes of a release."""
    after: dict[str, Any] = dict(before)
    for one in rows:
        now = one["after"]
        if now is None:
            del after[one["row_id"]]
        else:
            after[one["row_id"]] = (now["set"], now["split"], now["row_hash"])
    return after


def test_the_same_rows_are_no_difference(tmp_path: Path) -> None:
    rows = [row(number) for number in range(5)]
    with between(tmp_path, rows, rows) as found:
        assert (found.same, found.bump, list(found.rows())) == (5, "patch", [])


def test_what_came_went_and_changed_is_told_with_both_sides(tmp_path: Path) -> None:
    a = [row(1), row(2), row(3), row(4)]
    b = [row(1), row(2, chosen="maybe", votes=3, votes_id="x"), row(4, split="test"), row(5)]
    with between(tmp_path, a, b) as found:
        rows = {one["row_id"]: one for one in shown(found.rows(), 10)}
        assert found.all.to_json() == {
            "added": 1,
            "removed": 1,
            "changed": 1,
            "moved": 1,
            "behind": 0,
            "reasons": {"new label": 1, "new vote": 1, "not told": 1, "other split": 1},
        }
        assert found.bump == "major"
        assert found.same == 1
    two = rows[name_of(2)]
    assert (two["before"]["votes"], two["after"]["votes"]) == (2, 3)
    assert two["before"]["row_hash"] != two["after"]["row_hash"]
    assert rows[name_of(3)]["after"] is None
    assert rows[name_of(5)]["before"] is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"votes": 3, "votes_id": "x"}, "new vote"),
        ({"votes": 1, "votes_id": "x"}, "vote taken back"),
        ({"votes_id": "x"}, "corrected vote"),
        ({"votes": 2, "votes_id": "x", "decided_by": "adjudicator", "method": "adjudicated"}, "adjudication"),
        ({"method": "posterior"}, "other method"),
        ({"decided_by": "machine"}, "other method"),
        ({"sources": [source(1, revision="v2")]}, "source revision"),
        ({}, "made otherwise"),
    ],
)
def test_a_row_that_says_something_else_has_its_reason(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    assert told(tmp_path / "1", [row(1)], [row(1, chosen="maybe", **change)]) == [(1, "changed", why)]
    behind = [(1, BEHIND, why)] if change else []
    assert told(tmp_path / "2", [row(1)], [row(1, **change)]) == behind


def test_rows_that_go_with_their_record_were_withdrawn(tmp_path: Path) -> None:
    gone = {"record_id": "record-1", "reason": "licence", "withdrawn_at": "2026-03-02T00:00:00Z"}
    assert told(tmp_path, [row(1), row(2)], [row(2)], withdrawn=[gone]) == [(1, "removed", "withdrawal")]


def test_an_item_that_was_asked_anew_goes_and_comes(tmp_path: Path) -> None:
    asked = row(1)
    again = row(2, attempt=2, task_id="again", prompt_id=asked["prompt_id"], sources=asked["sources"])
    assert told(tmp_path, [asked], [again]) == [(1, "removed", "redo"), (2, "added", "redo")]


def test_another_revision_of_a_source_takes_a_row_away_and_brings_another(tmp_path: Path) -> None:
    now = row(2, sources=[source(1, record_id="other", revision="v2")])
    why = "source revision"
    assert told(tmp_path, [row(1)], [now]) == [(1, "removed", why), (2, "added", why)]


def test_rows_of_a_task_that_has_others_tell_what_became_of_its_label(tmp_path: Path) -> None:
    more = {"votes": 3, "votes_id": "x"}
    a = [row(1), row(2, task_id="task-1", set="preference_pair-critique")]
    b = [row(1, chosen="maybe", **more), row(3, task_id="task-1", set="preference_pair-passed", **more)]
    why = "new vote"
    assert told(tmp_path, a, b) == [(1, "changed", why), (2, "removed", why), (3, "added", why)]


def test_what_was_held_back_is_told_so(tmp_path: Path) -> None:
    held = {"row_id": name_of(1), "task_id": "task-1", "reason": "bridges splits", "detail": "d"}
    now = [{**held, "row_id": name_of(2)}]
    found = told(tmp_path, [row(2)], [row(1)], before={"held_back": [held]}, held_back=now)
    assert found == [(1, "added", "held back"), (2, "removed", "held back")]


def test_other_rules_are_told_where_nothing_else_is(tmp_path: Path) -> None:
    policies = {"policies": {"screens": {"length": "reject"}}}
    assert told(tmp_path, [row(1), row(2)], [row(2)], **policies) == [(1, "removed", "other gate")]


def test_each_cell_and_task_type_has_its_own_counts(tmp_path: Path) -> None:
    with between(tmp_path, [row(1)], [row(1), row(2, cell="zh/preference_pair"), row(3)]) as found:
        cells = {cell: counts.changes["added"] for cell, counts in found.cells.items()}
        assert cells == {"en/preference_pair": 1, "zh/preference_pair": 1}
        assert found.task_types["preference_pair"].whys == {"new label": 2}
        assert found.bump == "minor"


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_applied_to_the_first_it_gives_the_second(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    a, b = (data.draw(st.lists(_rows(), unique_by=lambda one: one["row_id"], max_size=30)) for _ in range(2))
    with between(tmp_path_factory.mktemp("diff"), a, b) as found:
        rows = shown(found.rows(), 1000)
        assert applied(members(a), rows) == members(b)
        assert len(rows) + found.same == len(members(a).keys() | members(b).keys())
        assert [one["row_id"] for one in rows] == sorted(one["row_id"] for one in rows)
        assert {one["why"] for one in rows} <= WHYS.keys()
        grown = members(a).items() <= members(b).items()
        expected = "major" if not grown else "minor" if len(b) > len(a) else "patch"
        assert found.bump == expected


def _rows() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        row,
        st.integers(0, 40),
        split=st.sampled_from(["train", "test"]),
        chosen=st.sampled_from(["yes", "maybe"]),
        votes=st.sampled_from([2, 3]),
    )


@pytest.mark.parametrize("wrong", ["twice", "unsorted", "no column"])
def test_what_is_not_as_a_release_is_refused_in_one_line(tmp_path: Path, wrong: str) -> None:
    a = put(tmp_path / "a", [row(1), row(2)])
    bad = [row(1), row(1, split="test")] if wrong == "twice" else [row(1), row(2)]
    b = put(tmp_path / "b", bad)
    if wrong != "twice":
        (path,) = (b / "data").rglob("*.parquet")
        table = parquet.read_table(path)
        table = table.take([1, 0]) if wrong == "unsorted" else table.drop_columns(["votes_id"])
        parquet.write_table(table, path)
    with (
        pytest.raises(SourceError, match=r"expected.*; fetch it again") as error,
        difference(Opened(a), Opened(b)),
    ):
        pass
    assert "\n" not in str(error.value)
