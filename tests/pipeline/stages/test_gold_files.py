"""Gold files: what their lines become, what a change of them does, and where gold is sent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.planning.gold import listed, retire
from pipeline.pushing.strewing import strewn
from schemas.errors import ProjectError
from tests.pipeline.stages.golden import entry, gold, line, wanted, write

Make = Callable[..., Any]
Say = Callable[[int], Any]


def test_the_first_candidate_is_a_wherever_the_page_puts_it(tmp_path: Path, make_effort: Make) -> None:
    write(tmp_path, *(line(n) for n in range(12)))
    effort = make_effort(tasks=[entry()])
    effort.run("ingest", "screen", "generate")
    rows = effort.ctx.store.rows(
        "SELECT t.payload AS item, g.payload AS label FROM tasks t JOIN gold_tasks g USING (task_id)"
    )
    sides = set()
    for row in rows:
        item, label = json.loads(row["item"]), json.loads(row["label"])
        first = item["answer_a"].startswith("right")
        assert label["preference"] == (-2 if first else 2)
        sides.add(first)
    assert sides == {True, False}


def test_what_a_lead_says_stands_until_the_file_says_something_new(known: Any) -> None:
    known.run("ingest", "screen", "generate")
    (one,) = listed(known.ctx.store)
    retire(known.ctx, one.task_id, "worn", "lead")
    write(known.folder, line(1), line(2))
    known.run("generate")
    assert [
        row["in_force"] for row in known.ctx.store.rows("SELECT * FROM gold_tasks ORDER BY in_force")
    ] == [
        False,
        True,
    ]
    write(known.folder, line(1, preference=-3), line(2))
    known.run("generate")
    assert known.ctx.store.value("SELECT count(*) FROM gold_tasks WHERE in_force") == 2


def test_what_left_the_file_is_retired_and_closed(known: Any) -> None:
    known.run()
    write(known.folder, line(2))
    known.run()
    reasons = [(row["reason"], row["payload"] is None) for row in gold(known)]
    assert sorted(reasons) == [
        ("in the file", False),
        ("in the file", False),
        ("not in the file any more", True),
    ]
    sql = "SELECT s.closed FROM remote_states s JOIN gold_tasks g USING (task_id) WHERE NOT g.in_force"
    assert known.ctx.store.value(sql) is True


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"label": None}, "'label': must be given"),
        ({"label": {"preference": 7}}, "'preference': input should be less than or equal to 3"),
        ({"label": {"preference": 1, "aspects": ["a"]}}, "0 aspects are asked for"),
        ({"candidates": [{"text": "x"}, {"text": "y"}, {"text": "z"}]}, "make 3; leave one in"),
        ({"candidates": []}, "a preference needs two different ones"),
        ({"domain": None}, "domain"),
        ({"colour": "red"}, "no key is called 'colour'"),
        ({"entry": "yes"}, "'entry' true or false"),
        ({"clause": 3}, "'clause' should be a text"),
    ],
)
def test_a_bad_line_is_a_reject_with_its_reason_and_the_rest_goes_on(
    tmp_path: Path, make_effort: Make, bad: dict[str, Any], why: str
) -> None:
    write(tmp_path, line(1), line(2, **bad), line(1), line(3, clause="2.1", entry=True))
    effort = make_effort(tasks=[entry()])
    effort.run("ingest", "screen", "generate")
    found = effort.ctx.store.rows("SELECT stage, reason, detail FROM rejects ORDER BY detail")
    assert [(row["stage"], row["reason"]) for row in found] == [("gold", "bad gold")] * 2
    assert found[0]["detail"].startswith("gold.jsonl:2: ")
    assert why in found[0]["detail"]
    assert "gold.jsonl:1 has it too" in found[1]["detail"]
    told = effort.ctx.store.rows("SELECT purpose, clause FROM gold_tasks ORDER BY purpose")
    assert told == [{"purpose": "entry", "clause": "2.1"}, {"purpose": "gold", "clause": None}]
    assert effort.run("generate")["generate"].rejected == {}


def test_a_gold_file_that_is_not_there_is_told(tmp_path: Path, make_effort: Make) -> None:
    effort = make_effort(tasks=[entry()])
    with pytest.raises(ProjectError, match=r"preference_pair\.gold\.file: gold\.jsonl: a file was expected"):
        effort.run("generate")
    assert not (tmp_path / "gold.jsonl").exists()


def test_an_item_that_was_settled_as_work_is_not_made_gold(known: Any, say: Say) -> None:
    problem = line(7)
    del problem["label"]
    known.write([problem], mode="a")
    known.run()
    known.vote("ana@people.example", say(-3))
    known.vote("ben@people.example", say(-3))
    known.run()
    write(known.folder, line(1), line(7))
    known.run()
    assert known.ctx.store.value("SELECT detail FROM rejects WHERE stage = 'gold'").startswith(
        "gold.jsonl:2: an item that is no work was expected"
    )
    assert known.states() == {"accepted": 7, "gold": 1}


def test_gold_waits_for_work_and_is_a_fifth_of_it_at_the_most(tmp_path: Path, make_effort: Make) -> None:
    lines = [line(n) for n in range(9)] + [line(n, language="fr") for n in range(20, 23)]
    write(tmp_path, *lines, line(30, entry=True), line(31, entry=True, language="fr"))
    effort = make_effort(tasks=[entry()])
    effort.run()
    sent = (
        "SELECT w.cell, w.gold, count(*) AS n FROM wanted w JOIN pushes p ON p.task_id = w.uid GROUP BY ALL"
    )
    found = {(row["cell"], row["gold"]): row["n"] for row in effort.ctx.store.rows(sent)}
    cell = "en/preference_pair"
    assert found == {
        (cell, None): 4, (cell, "gold"): 1, (cell, "entry"): 1, ("zh/preference_pair", None): 2
    }  # fmt: skip
    effort.write(
        [
            {"prompt": f"More {n}?", "language": "en", "candidates": [{"text": "x"}, {"text": f"{n}"}]}
            for n in range(9)
        ],
        mode="a",
    )
    effort.run()
    found = {(row["cell"], row["gold"]): row["n"] for row in effort.ctx.store.rows(sent)}
    assert (found[cell, None], found[cell, "gold"]) == (13, 3)


def test_gold_lies_anywhere_among_the_others() -> None:
    others, known = [f"o{n}" for n in range(12)], ["g0", "g1", "g2"]
    first = set()
    for _ in range(300):
        mixed = strewn(others, known)
        assert [one for one in mixed if one in others] == others
        assert sorted(one for one in mixed if one in known) == known
        first |= {place for place, one in enumerate(mixed) if one in known}
    assert first == set(range(15))
    assert sorted(strewn([], known)) == known
    assert strewn([], []) == ()


def test_pages_that_start_from_a_label_do_so_for_gold_too(tmp_path: Path, make_effort: Make) -> None:
    write(tmp_path, line(1, hidden_model_label={"preference": 1}), line(2))
    effort = make_effort(tasks=[{**entry(), "prefill": "hidden_model_label"}])
    effort.run()
    detail = effort.ctx.store.value("SELECT detail FROM rejects WHERE stage = 'gold'")
    assert "gold.jsonl:2: 'hidden_model_label': a label was expected" in detail
    (task,) = wanted(effort)
    assert (
        json.loads(effort.ctx.store.value("SELECT payload FROM prefills WHERE task_id = ?", [task]))[
            "preference"
        ]
        == 1
    )
    remote = effort.ctx.store.value("SELECT remote_task_id FROM pushes WHERE task_id = ?", [task])
    assert effort.studio.seed(remote)[0]["value"] == {"choices": ["1"]}


def test_two_entries_of_one_type_each_have_their_gold(tmp_path: Path, make_effort: Make) -> None:
    write(tmp_path, line(1))
    write(tmp_path, line(2, language="zh"), name="zh.jsonl")
    tasks = [
        {**entry(), "where": "language = 'en'"},
        {"type": "preference_pair", "overlap": 3, "where": "language = 'zh'", "gold": {"file": "zh.jsonl"}},
    ]
    effort = make_effort(tasks=tasks)
    effort.run()
    assert effort.states() == {"open": 6, "gold": 2}
    assert {project.overlap for project in effort.studio._memory.projects.values()} == {2, 3}
