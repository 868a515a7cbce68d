"""Label Studio's exports, JSON and JSON-MIN: task after task to submissions, however large the file is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

from pipeline.analysis.findings import Findings
from pipeline.analysis.submissions import Annotators, Submission, submission
from pipeline.label_studio.wire import clean
from pipeline.sources.files import open_bytes, readable
from pipeline.sources.label_studio import elements
from schemas.errors import SourceError


class Export:
    """One export, read once: its submissions as they come, and counts of all that went by."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings = Findings()
        self.counts: Counter[str] = Counter()
        """Of `tasks`, `annotations` and so on; `json` and `json_min` tell the tasks of each kind."""
        self._annotators = Annotators()

    def submissions(self) -> Iterator[Submission]:
        """All that can be read. SourceError where the file is no list of tasks at all."""
        with readable(self.path), open_bytes(self.path) as stream:
            found = elements(stream, self.path.name)
            index = 0
            while True:
                try:
                    task = next(found, self)
                except SourceError as error:
                    if index == 0:
                        raise
                    self.findings.add("file that breaks off: what comes after was not read", str(error))
                    return
                if task is self:
                    return
                yield from self._task(task, index)
                index += 1

    def _task(self, task: object, index: int) -> Iterator[Submission]:
        if not isinstance(task, Mapping):
            self.findings.add("entry that is no task", f"entry {index}")
            return
        self.counts["tasks"] += 1
        item = _item(task, index)
        if _is_min(task):
            self.counts["json_min"] += 1
            yield from self._row(task, item, index)
        else:
            self.counts["json"] += 1
            yield from self._annotations(task, item)

    def _annotations(self, task: Mapping[str, Any], item: str) -> Iterator[Submission]:
        self.counts["predictions"] += _length(task.get("predictions"))
        self.counts["drafts"] += _length(task.get("drafts"))
        annotations = task.get("annotations", task.get("completions"))
        if not isinstance(annotations, list):
            self.findings.add("task without a list of annotations", f"task {item}")
            return
        for place, annotation in enumerate(annotations):
            if isinstance(annotation, Mapping):
                yield self._counted(
                    submission(item, annotation, self._annotators, self.findings, f"#{place}")
                )
            else:
                self.findings.add("annotation that is no object", f"task {item}, annotation #{place}")

    def _row(self, row: Mapping[str, Any], item: str, index: int) -> Iterator[Submission]:
        """JSON-MIN: one row an annotation, a field a control."""
        if row.get("annotation_id") is None:
            return  # a task that nobody has annotated
        annotation = {
            "id": row.get("annotation_id"),
            "completed_by": row.get("annotator"),
            "created_at": row.get("created_at"),
            "lead_time": row.get("lead_time"),
            "result": [piece for name in _controls(row) for piece in _pieces(name, row[name])],
        }
        yield self._counted(submission(item, annotation, self._annotators, self.findings, f"#{index}"))

    def _counted(self, one: Submission) -> Submission:
        self.counts["skipped" if one.skipped else "annotations"] += 1
        return one


def _item(task: Mapping[str, Any], index: int) -> str:
    found = task.get("id")
    return str(clean(str(found))) if isinstance(found, int | str) else f"entry {index}"


def _length(given: object) -> int:
    return len(given) if isinstance(given, list) else 0


def _is_min(task: Mapping[str, Any]) -> bool:
    return "annotation_id" in task and "annotator" in task and not isinstance(task.get("annotations"), list)


def _controls(row: Mapping[str, Any]) -> list[str]:
    """The fields that hold answers: Label Studio writes them between the task's `id` and the `annotator`."""
    after = list(dropwhile(lambda name: name != "id", row))[1:]
    return [name for name in takewhile(lambda name: name != "annotator", after) if _is_answer(row[name])]


def _is_answer(value: object) -> bool:
    return isinstance(value, str | Mapping) or (isinstance(value, list) and bool(value))


def _pieces(name: str, value: str | Mapping[str, Any] | Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """The pieces of a result as JSON would have them; a text may be a choice as well as what somebody wrote."""
    for one in value if isinstance(value, list) else [value]:
        yield {"from_name": name, "value": {"choices": [one]} if isinstance(one, str) else one}
