"""Small exports of Label Studio's, as its version 1.23 writes them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def choice(name: str, *chosen: str) -> dict[str, Any]:
    """A piece of a result: what was chosen with one control."""
    return {"from_name": name, "to_name": "q", "type": "choices", "value": {"choices": list(chosen)}}


def annotation(number: int, person: Any, *pieces: Any, **more: Any) -> dict[str, Any]:
    """An annotation by an account, made in the minute of its number."""
    return {
        "id": number,
        "completed_by": {"id": person, "email": f"p{person}@example.org", "first_name": "Pat", "last_name": "Doe"},
        "result": list(pieces),
        "was_cancelled": False,
        "ground_truth": False,
        "import_id": None,
        "created_at": f"2026-01-05T09:{number % 60:02}:00.000000Z",
        "updated_at": f"2026-01-05T09:{number % 60:02}:00.000000Z",
        "lead_time": 10.0 + number,
        **more,
    }  # fmt: skip


def task(number: int, *annotations: Any, **more: Any) -> dict[str, Any]:
    """A task with its annotations."""
    return {
        "id": number,
        "data": {"text": f"problem {number}", "id": "their own"},
        "annotations": list(annotations),
        "predictions": [],
        "drafts": [],
        **more,
    }


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Writes tasks, or text as it stands, to a file."""

    def written(tasks: Any, name: str = "export.json") -> Path:
        path = tmp_path / name
        path.write_text(tasks if isinstance(tasks, str) else json.dumps(tasks), encoding="utf-8")
        return path

    return written


@pytest.fixture
def made() -> Any:
    """What tasks are made with."""

    class Made:
        choice = staticmethod(choice)
        annotation = staticmethod(annotation)
        task = staticmethod(task)

    return Made
