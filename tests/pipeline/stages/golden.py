"""Gold for tests: files of it, somebody who knows it, and what became of it."""

import json
from pathlib import Path
from typing import Any

from tasks import task_types

KIND = task_types()["preference_pair"]


def line(n: int, preference: int = -2, **more: Any) -> dict[str, Any]:
    """A problem whose first candidate is the better one, by as much as the preference says."""
    candidates = [{"text": f"right {n}"}, {"text": f"wrong {n}"}]
    return {
        "prompt": f"Known {n}?",
        "domain": "reasoning",
        "language": "en",
        "candidates": candidates,
        "label": {"preference": preference},
        **more,
    }


def write(folder: Path, *lines: dict[str, Any], name: str = "gold.jsonl") -> None:
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in lines))


def entry(**gold: Any) -> dict[str, Any]:
    return {"type": "preference_pair", "overlap": 2, "gold": {"file": "gold.jsonl", **gold}}


def knowing(data: Any) -> Any:
    """An annotator who knows which candidate is right."""
    return KIND.result(KIND.label(preference=-2 if "right" in data["answer_a"] else 2))


def gold(effort: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = effort.ctx.store.rows("SELECT * FROM gold ORDER BY put_at, task_id")
    return rows


def wanted(effort: Any) -> dict[str, int]:
    """Of each gold task, how many votes it wants."""
    rows = effort.ctx.store.rows("SELECT uid, missing FROM wanted WHERE gold IS NOT NULL")
    return {row["uid"]: row["missing"] for row in rows}
