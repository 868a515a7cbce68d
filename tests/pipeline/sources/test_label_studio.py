"""What a Label Studio export gives: the problems, and nothing of those who labeled them."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.init import create
from pipeline.sources import label_studio, readers, records
from pipeline.sources.base import BadRow, SourceRow
from schemas.errors import SourceError
from schemas.project import SourceConfig, read_project
from schemas.records import Record


def _export(folder: Path, tasks: Any, name: str = "export.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


def _task(number: int, **data: Any) -> dict[str, Any]:
    """A task as Label Studio 1.23 exports it."""
    return {
        "id": number,
        "annotations": [
            {
                "id": number,
                "completed_by": {"id": 1, "email": "ann@example.com", "first_name": "", "last_name": ""},
                "result": [{"from_name": "better", "type": "choices", "value": {"choices": ["A"]}}],
                "was_cancelled": False,
                "lead_time": 4.2,
            }
        ],
        "drafts": [],
        "predictions": [],
        "data": data,
        "meta": {},
        "project": 3,
    }


def _read(path: Path) -> list[Any]:
    source = SourceConfig(reader="label_studio", path=str(path), domain="reasoning")
    return list(readers()["label_studio"].rows(source, path.parent))


def test_the_columns_inside_data_are_guessed(tmp_path: Path) -> None:
    tasks: list[dict[str, Any]] = [
        _task(n, text=f"What is {n} of the ten?", response_a="x", response_b=f"y{n}") for n in range(5)
    ]
    made = create(tmp_path / "new", source=_export(tmp_path, tasks), task="preference_pair", name=None)
    (source,) = read_project(tmp_path / "new").sources
    assert (source.reader, source.path) == ("label_studio", "../export.json")
    assert source.columns == {"prompt": "text", "candidates": ["response_a", "response_b"]}
    found = [one for one in records(source, tmp_path / "new") if isinstance(one, Record)]
    assert [one.prompt for one in found] == [f"What is {n} of the ten?" for n in range(5)]
    assert made.guess is not None
    assert made.guess.columns == ("text", "response_a", "response_b")


def test_nothing_of_those_who_labeled_comes_along(tmp_path: Path) -> None:
    path = _export(tmp_path, [_task(1, prompt="q", candidates=["x", "y"], topic="sums", note="kept")])
    source = SourceConfig(reader="label_studio", path=path.name, domain="reasoning")
    (found,) = records(source, tmp_path)
    assert isinstance(found, Record)
    assert (found.topic, found.extra) == ("sums", {"note": "kept"})
    assert "ann@example.com" not in found.model_dump_json()


def test_a_list_of_plain_objects_is_no_export(tmp_path: Path) -> None:
    assert label_studio.is_export(_export(tmp_path, [{"data": {"text": "q"}}]))
    others: tuple[Any, ...] = ([], [{"data": "q"}], [{"prompt": "q"}], ["q"], {"data": {}})
    for not_one in others:
        assert not label_studio.is_export(_export(tmp_path, not_one))
    (tmp_path / "export.json").write_text("[{")
    assert not label_studio.is_export(tmp_path / "export.json")


def test_a_task_without_data_is_a_reject_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = _export(tmp_path, [{"data": {"text": "q"}}, {"id": 1}, 7, {"data": {"text": "r"}}])
    first, second, third, fourth = _read(path)
    assert isinstance(first, SourceRow)
    assert isinstance(fourth, SourceRow)
    assert (fourth.row, fourth.values) == (3, {"text": "r"})
    for bad in (second, third):
        assert isinstance(bad, BadRow)
        assert bad.reason == "data: should be an object, is None"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_tasks_are_found_wherever_a_piece_ends(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_studio, "_CHUNK", size)
    tasks: list[dict[str, Any]] = [
        {"data": {"text": '苹果 " ] , }\\' * n, "n": 10**n, "none": None}} for n in range(6)
    ]
    path = tmp_path / "export.json"
    text = json.dumps([*tasks, 12345], ensure_ascii=False, indent=3)
    path.write_text(f" \n{text}\n\n", encoding="utf-8")
    *found, last = _read(path)
    assert [row.values for row in found] == [task["data"] for task in tasks]
    assert isinstance(last, BadRow)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "should be one list of tasks, found ''"),
        (b'{"data": {}}', "should be one list of tasks"),
        (b'[{"data": {}} {"data": {}}]', "should have a comma or the list's end here"),
        (b'[{"data": {}}, ', "should be JSON, is not"),
        (b'[{"data": {"text": "\xff"}}]', "should be UTF-8"),
    ],
)
def test_what_is_no_export_is_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "export.json").write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        _read(tmp_path / "export.json")
    assert "\n" not in str(caught.value)
