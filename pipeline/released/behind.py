"""What stands behind the rows of a release, as far as the release itself tells: no store is asked."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.released.columns import BESIDE
from pipeline.released.opened import Opened
from pipeline.released.places import AGAIN
from schemas.base import content_id
from schemas.errors import SourceError, UsageError
from schemas.manifest import VOTES, FileEntry

_BESIDE = frozenset(field.name for field in BESIDE)


def votes_id(revisions: Sequence[str]) -> str:
    """128 bits of the votes behind a row, and of the decision where there is one."""
    return content_id(sorted(revisions))


def votes_ids(release: Opened) -> pa.Table:
    """The `votes_id` of each `task_id` that has votes: what rows say that they rest on, from the votes themselves."""
    votes = release.votes(["task_id", "revision_id"]).sort_by(
        [("task_id", "ascending"), ("revision_id", "ascending")]
    )
    pairs = zip(votes["task_id"].to_pylist(), votes["revision_id"].to_pylist(), strict=True)
    tasks, ids = list[str](), list[str]()
    for task, said in groupby(pairs, itemgetter(0)):
        tasks.append(task)
        ids.append(content_id([revision for _, revision in said]))
    return pa.table({"task_id": pa.array(tasks, pa.string()), "votes_id": pa.array(ids, pa.string())})


def told(release: Opened, row_id: str) -> dict[str, Any]:
    """The chain behind a row, as nested objects, as far as the release tells; `row_id` may be shortened.

    Raises UsageError where no row, or more than one, is meant.
    """
    file_set, split, row = _row(release, row_id)
    beside = {name: row.pop(name) for name in sorted(_BESIDE & row.keys())}
    sources, hashed = beside.pop("sources") or [], beside.pop("row_hash")
    voices = _voices(release, beside["task_id"])
    named = beside.pop("votes_id")
    task = {name: beside.pop(name) for name in ("task_id", "task_type", "cell", "attempt")}
    about = {"id": row.pop("row_id"), "set": file_set, "split": split, "prompt_id": beside.pop("prompt_id")}
    return {
        "row": {**about, "row_hash": hashed, "content": row},
        "releases": [release.manifest.version],
        "resolution": {
            **beside,
            "decision": next((said for said in voices if said["role"] == "decision"), None),
            "labels": [said for said in voices if said["role"] == "vote"],
            "complete": votes_id([str(said["revision_id"]) for said in voices]) == named,
        },
        "task": task,
        "records": sources,
    }


def in_words(chain: dict[str, Any]) -> list[str]:
    """Such a chain for people: one line a link, from the row to the source."""
    row, resolution, task = chain["row"], chain["resolution"], chain["task"]
    sure = "" if resolution["posterior"] is None else f", {resolution['posterior']:.3f} sure"
    guideline = resolution["guideline_version"]
    under = f", guideline {guideline}" if guideline else ""
    lines = [
        f"row {row['id']} ({row['set']}, {row['split']}), in release {', '.join(chain['releases'])}",
        f"  {resolution['decided_by']}, {resolution['votes']} votes, {resolution['method']}{sure}{under}",
    ]
    if resolution["decision"] is not None:
        lines.append("    decided by " + _said(resolution["decision"]))
    lines += ["    " + _said(vote) for vote in resolution["labels"]]
    if not resolution["complete"]:
        lines.append("    these are not all the votes that the row names: see headrace releases verify")
    lines.append(f"  task {task['task_id']} ({task['cell']}, attempt {task['attempt']})")
    for source in chain["records"]:
        revision = f" of {source['revision']}" if source["revision"] else ""
        license_ = f", {source['license']}" if source["license"] else ""
        lines.append(
            f"  record {source['record_id']}: {source['dataset']}{revision} row {source['row']}{license_}"
        )
    return lines


def _said(voice: dict[str, Any]) -> str:
    notes = ", simulated" * voice["simulated"] + ", seen by the adjudicator" * (
        voice["role"] == "vote" and not voice["counted"]
    )
    reason = f" ({voice['reason']})" if voice["reason"] else ""
    label = json.dumps(voice["label"], ensure_ascii=False)
    when = f"revision {voice['revision_id']} of {_minute(voice['created_at'])}"
    return f"{voice['annotator']}{notes}: {when}: {label}{reason}"


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "an unknown time"


def _row(release: Opened, row_id: str) -> tuple[str, str, dict[str, Any]]:
    """The row that is meant, and where it stands."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for name, one in release.sets.items() if row_id else ():
        for split, files in one.splits.items():
            for file in files:
                found += [(name, split, row) for row in _meant(release, file, row_id)]
    if not found:
        raise UsageError(
            f"lineage: no row of {release} has the id {row_id!r}; ids stand in the column `row_id` of its data"
        )
    if len(found) > 1:
        raise UsageError(f"lineage: {row_id!r} is the beginning of several rows' ids; give more of it")
    return found[0]


def _meant(release: Opened, file: FileEntry, row_id: str) -> list[dict[str, Any]]:
    """The first two rows of a file whose ids begin so, all their columns."""
    found: list[dict[str, Any]] = []
    ids = pa.concat_arrays(
        [pa.array([], pa.string()), *(b["row_id"] for b in release.batches_of(file, ["row_id"]))]
    )
    if not pc.any(pc.starts_with(ids, row_id)).as_py():
        return found
    for batch in release.batches_of(file):
        found += batch.filter(pc.starts_with(batch["row_id"], row_id)).slice(0, 2).to_pylist()
    return found


def _voices(release: Opened, task_id: str) -> list[dict[str, Any]]:
    """The votes and decisions behind a task's rows, in the order in which they were given."""
    found: list[dict[str, Any]] = []
    for batch in release.vote_batches():
        try:
            found += batch.filter(pc.equal(batch["task_id"], task_id)).to_pylist()
        except ValueError as error:  # a time of no year, a text that is none
            said = " ".join(str(error).split())[:200]
            raise SourceError(f"{release.place.called}: {VOTES} cannot be read ({said}); {AGAIN}") from None
    for voice in found:
        voice["label"] = _json(voice["label"])
    return sorted(found, key=lambda voice: (str(voice["created_at"]), str(voice["revision_id"])))


def _json(text: str | None) -> Any:  # noqa: ANN401 - any JSON
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text
