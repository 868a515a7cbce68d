"""`headrace suspects`: settled labels for a second look."""

from typing import Any

from pipeline.store import StorePlace
from schemas.records import Record
from tasks import task_types
from tests.pipeline.assessing.labelled import Labelled

PAIR = "en/preference_pair"


def _said(place: int) -> dict[str, int]:
    return {"preference": place}


def _settled(folder: Any) -> str:
    """Thirty settled tasks of which one is in doubt; the hidden model says of that one what one person did."""
    with StorePlace(folder.path).writing("test") as store:
        world = Labelled(store)
        for at in range(29):
            place = 3 if at % 2 else -2
            votes = {who: _said(place) for who in world.picks(["ann-a", "ann-b", "ann-c"], 2)}
            world.task(PAIR, votes, _said(place), method="unanimous", **_shown(at, place))
        doubtful = {"ann-a": _said(3), "ann-b": _said(-2), "ann-c": _said(3)}
        task = world.task(PAIR, doubtful, _said(3), overlap=3, **_shown(29, -2))
        world.task("zh/preference_pair", {"ann-a": _said(3)}, _said(3), method="single")
        world.done()
    return task


def _shown(number: int, hidden: int) -> dict[str, Any]:
    """What a task shows, made of a record that holds what the hidden model said."""
    record = Record.model_validate(
        {
            "prompt": f"Problem {number}?",
            "domain": "reasoning",
            "candidates": [
                {"id": "one", "model": "m", "text": f"answer {number}"},
                {"id": "two", "model": "m", "text": f"reply {number}"},
            ],
            "hidden_model_label": _said(hidden),
        }
    )
    (item,) = task_types()["preference_pair"].items(record, {})
    return {"payload": item.model_dump_json(), "record": {"payload": record.model_dump_json()}}


def test_the_likeliest_wrong_comes_first_with_what_speaks_against_it(folder: Any) -> None:
    task = _settled(folder)
    ended = folder.run("suspects", "--limit", "2")
    assert ended.code == 0
    first, _, counted, step = ended.out.splitlines()
    assert (
        f"{PAIR}  {task}  'B much better (+3)', rather 'A better (-2)': 2 of 3 say so; model: A better (-2)"
        in first
    )
    assert counted == "31 settled labels looked at, 2 shown"
    assert step == f'ask anew: headrace redo --where "task_id = \'{task}\'" --reason "a second look"'
    redo = folder.run(
        "redo", "--where", f"task_id = '{task}'", "--reason", "a second look", "--dry-run", "--json"
    )
    assert redo.json["tasks"] == 1


def test_one_cell_can_be_asked_for(folder: Any) -> None:
    _settled(folder)
    found = folder.run("suspects", "--cell", "zh/*", "--json").json
    assert (found["looked_at"], [one["cell"] for one in found["suspects"]]) == (1, ["zh/preference_pair"])
    assert folder.run("suspects", "--cell", "fr/*").code != 0


def test_without_settled_labels_there_are_none(folder: Any) -> None:
    ended = folder.run("suspects")
    assert (ended.code, ended.out) == (0, "0 settled labels looked at\n")
