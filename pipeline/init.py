"""The start of a project: a `project.toml` whose columns are guessed from the file it is for."""

import json
import os
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import tasks
from pipeline.guessing import columns_of, language_of
from pipeline.sources import reader_of
from pipeline.sources.base import AnyRow, BadRow, SourceRow
from pipeline.sources.files import READER_OF, kind_of
from pipeline.sources.label_studio import is_export
from pipeline.sources.mapping import FIELDS, ColumnMapping
from schemas.errors import ProjectError, UsageError
from schemas.nearest import nearest
from schemas.project import FILE, SourceConfig, parse_project
from schemas.records import Record
from tasks.base import NoItem

SHOWN = 3
IGNORED = (".headrace/", "corpus/", "people.csv", "people.csv.part")
"""What git should not keep: the store with its secrets, the corpus, people's names. Releases are data, and stay."""

_SAMPLE = 20
_NEAR = 2
"""Folders that a relative path may climb; a file farther away is named from the root."""
_READERS = {**READER_OF, ".json": "jsonl"}
_DOMAINS = {"code_review": "coding"}


@dataclass(frozen=True)
class Guess:
    """What `init` made of a file."""

    source: SourceConfig
    task: str
    columns: tuple[str, ...]
    """The columns that the first rows have."""
    records: tuple[Record, ...]
    """The first three, mapped."""


@dataclass(frozen=True)
class Created:
    """What `init` wrote."""

    project: Path
    ignore: Path
    guess: Guess | None


def create(folder: Path, *, source: Path | None, task: str | None, name: str | None) -> Created:
    """Write a new folder's project.toml and .gitignore; with a source, its columns are guessed.

    Raises ProjectError where there is a project already or the columns cannot be guessed, UsageError for a task
    type that does not exist; nothing is written then.
    """
    project = folder / FILE
    if project.exists():
        raise ProjectError(
            f"{project}: a new project was expected, there is one already; edit it, or take another folder"
        )
    if task is not None:
        _must_be_task_type(task)
    if source is not None and task is None:
        raise UsageError(
            f"--task: a task type was expected with --from, none is given; one of {', '.join(tasks.names())}"
        )
    found = guess(source, task) if source and task else None
    name = name or _name_from(folder)
    text = _guessed(name, _near(found.source, folder), found.task) if found else _example(name, task)
    parse_project(tomllib.loads(text), str(project))
    try:
        return Created(_write(project, text), keep_out_of_git(folder), found)
    except (OSError, UnicodeError) as error:
        raise ProjectError(
            f"{project}: cannot be written ({error}); check the folder, its rights and names"
        ) from None


def guess(path: Path, task: str) -> Guess:
    """How a file's columns become records for a task type; raises ProjectError naming the columns where unclear."""
    _must_be_task_type(task)
    source = _source_of(path)
    rows = list(islice(reader_of(source).rows(source, path.parent), _SAMPLE))
    values = _by_column(rows)
    if not values:
        why = next((f": line {row.row}: {row.reason}" for row in rows if isinstance(row, BadRow)), "")
        raise ProjectError(f"{path}: rows were expected, the first {_SAMPLE} hold none{why}; mend the file")
    columns = columns_of(values, task)
    if not {"prompt"} & {*columns, *values}:
        raise _unclear(path, values, "a column with the prompt was expected", 'columns = { prompt = "…" }')
    domain = None if _is_domain(values.get("domain", ())) else _DOMAINS.get(task, "reasoning")
    source = source.replace(columns=columns, domain=domain)
    source, records = _settled(source, rows, path, values)
    if not any(record.language for record in records):
        source = source.replace(language=language_of([record.text for record in records]))
        records = [record.replace(language=source.language) for record in records]
    _must_give_items(path, task, records, values)
    return Guess(source, task, tuple(values), tuple(records[:SHOWN]))


def _must_be_task_type(task: str) -> None:
    known = tasks.names()
    if task not in known:
        raise UsageError(f"--task: no task type is called {task!r}; {nearest(task, known)}")


def _source_of(path: Path) -> SourceConfig:
    suffix = kind_of(path.name)
    if suffix not in _READERS:
        known = ", ".join(_READERS)
        raise ProjectError(
            f"{path}: a file ending in {known} (or .gz, .zst of it) was expected, is {suffix or 'none'!r}; convert it"
        )
    where = str(path.absolute())
    if path.suffix.lower() == ".json" and path.is_file() and _starts_a_list(path):
        if is_export(path):
            return SourceConfig(reader="label_studio", path=where)
        return SourceConfig(reader="huggingface", path="json", options={"data_files": where})
    return SourceConfig(reader=_READERS[suffix], path=where)


def _starts_a_list(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")


def _by_column(rows: Sequence[AnyRow]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for column, value in row.values.items() if isinstance(row, SourceRow) else ():
            found[column].extend([] if value is None else [value])
    return dict(found)


def _is_domain(sample: Sequence[Any]) -> bool:
    return bool(sample) and all(value in ("reasoning", "coding") for value in sample)


def _settled(
    source: SourceConfig, rows: Sequence[AnyRow], path: Path, values: Mapping[str, Any]
) -> tuple[SourceConfig, list[Record]]:
    """The records of the first rows; a column that is only called like a field, but holds no such thing, is let go."""
    while True:
        mapped = [ColumnMapping(source).record(row) for row in rows if isinstance(row, SourceRow)]
        faults = [row.reason for row in mapped if isinstance(row, BadRow)]
        field = re.split(r"[.:]", faults[0])[0] if len(faults) * 2 > len(mapped) else ""
        if field not in values or field in source.columns or field not in FIELDS or field == "prompt":
            break
        source = source.replace(columns={**source.columns, field: ""})
    records = [record for record in mapped if isinstance(record, Record)]
    if not records:
        raise _unclear(path, values, faults[0] if faults else "records were expected", "columns = { … }")
    return source, records


def _must_give_items(path: Path, task: str, records: Sequence[Record], values: Mapping[str, Any]) -> None:
    task_type, reason = tasks.task_types()[task], ""
    for record in records:
        try:
            if list(task_type.items(record, {})):
                return
        except NoItem as error:
            reason = str(error)
    raise _unclear(path, values, f"no row gives a {task}: {reason}", 'columns = { candidates = ["…", "…"] }')


def _unclear(path: Path, values: Mapping[str, Any], what: str, write: str) -> ProjectError:
    found = ", ".join(map(repr, values))
    step = f"start with headrace init DIR alone, and write {write} under [[sources]]"
    return ProjectError(f"{path}: {what}, found the columns {found}; {step}")


def _near(source: SourceConfig, folder: Path) -> SourceConfig:
    """The source with its file named from the folder, so that both may move together, where it is near."""
    if source.reader == "huggingface":
        return source.replace(options={"data_files": _from_folder(source.options["data_files"], folder)})
    return source.replace(path=_from_folder(str(source.path), folder))


def _from_folder(path: str, folder: Path) -> str:
    relative = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(folder)))
    return relative.as_posix() if relative.parts.count("..") <= _NEAR else path


def _name_from(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.absolute().name).strip("-._")
    return name[:64] or "labeling"


def _guessed(name: str, source: SourceConfig, task: str) -> str:
    given = source.model_dump(exclude_defaults=True)
    lines = [f"{key} = {_toml(value)}" for key, value in given.items()]
    if not source.language and "language" not in source.columns:
        lines.append('# language = "en"  # BCP 47: the language of the prompts, if they share one')
    return "\n".join([f"name = {_toml(name)}", "", "[[sources]]", *lines, "", *_asked(task)])


def _example(name: str, task: str | None) -> str:
    domain = _DOMAINS.get(task or "", "reasoning")
    other = "coding" if domain == "reasoning" else "reasoning"
    return "\n".join(
        [
            f"name = {_toml(name)}",
            "",
            "[[sources]]",
            'reader = "jsonl"  # or parquet, csv, huggingface, label_studio, human_eval, reasoning_gym',
            'path = "problems.jsonl"  # from this folder; *.jsonl for several',
            f"domain = {_toml(domain)}  # or {other}",
            'language = "en"  # BCP 47',
            '# columns = { prompt = "question", candidates = ["response_a", "response_b"] }',
            "",
            *_asked(task or "preference_pair"),
        ]
    )


def _asked(task: str) -> list[str]:
    """What is asked of people, and of a release: nothing, until somebody knows what to ask for."""
    others = ", ".join(name for name in tasks.names() if name != task)
    return [
        "[[tasks]]",
        f"type = {_toml(task)}  # or {others}",
        "overlap = 2  # people who label each task",
        "",
        '# [release.requires]  # what must be true of a release: alpha = 0.6, sign_off = ["lead"], …',
        "",
    ]


def _toml(value: Any) -> str:  # noqa: ANN401 - any value of TOML
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # A JSON text is a TOML one, but for this one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _write(path: Path, text: str) -> Path:
    content = text.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
    return path


def keep_out_of_git(folder: Path) -> Path:
    """Add to a folder's .gitignore what is missing there; its path."""
    path = folder / ".gitignore"
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [line for line in IGNORED if line not in present.splitlines()]
    if missing:
        glue = "" if not present or present.endswith("\n") else "\n"
        path.write_text(present + glue + "\n".join(missing) + "\n", encoding="utf-8", newline="\n")
    return path
