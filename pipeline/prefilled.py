"""What a person made of a page that was filled in for them: what they confirmed, changed, and said of their own."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.store import Store
from schemas.base import Label
from tasks import AnyTaskType, is_current, task_types

PREFILL = "SELECT source, filled_at, payload FROM prefills WHERE task_id = ?"
SAYS = ("choices", "text", "ranker", "rating", "number")
"""What a region says, beside where the editor put it."""


def prefill_of(store: Store, task: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the page of a task started from, and where in the record that stood; None where it was empty."""
    found = store.rows(PREFILL, [task["task_id"]])
    if not found:
        return None
    return {
        "source": found[0]["source"],
        "filled_at": found[0]["filled_at"],
        "label": json.loads(found[0]["payload"]),
    }


def against(
    resolution: dict[str, Any], prefill: dict[str, Any] | None, task: Mapping[str, Any]
) -> dict[str, Any]:
    """A resolution as lineage tells it, with what became of the prefill in each vote."""
    if prefill is None or not is_current(task["task_type"], task["version"]):
        return resolution
    task_type = task_types()[task["task_type"]]
    label = task_type.label.model_validate(prefill["label"])
    return {
        **resolution,
        "labels": [
            {**vote, "prefilled": kept(task_type, label, vote["annotation"]["result"])}
            for vote in resolution["labels"]
        ],
    }


def in_a_word(vote: Mapping[str, Any]) -> str:
    """What became of the prefill in a vote, for the end of a line; empty where there was none."""
    if "prefilled" not in vote:
        return ""
    changed = [*vote["prefilled"]["changed"], *vote["prefilled"]["added"]]
    return f" (prefilled, changed: {', '.join(changed)})" if changed else " (prefilled, only confirmed)"


def kept(task_type: AnyTaskType, label: Label, result: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The controls by what became of them: by what they say at last, whatever was clicked in between."""
    before, after = _by_control(task_type.result(label)), _by_control(result)
    return {
        "confirmed": sorted(name for name, said in before.items() if after.get(name) == said),
        "changed": sorted(name for name, said in before.items() if after.get(name) != said),
        "added": sorted(after.keys() - before.keys()),
    }


def _by_control(result: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for region in result:
        value = region.get("value")
        said = value if isinstance(value, Mapping) else {}
        found.setdefault(str(region.get("from_name")), []).append(
            {key: said[key] for key in SAYS if key in said}
        )
    return found
