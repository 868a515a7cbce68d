"""A gold file: JSONL, one record a line with its label; read line by line, each a gold item or a reason why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.page_starts import start_of
from pipeline.quality.gold import fitting
from pipeline.sources.base import BadRow
from pipeline.sources.jsonl import Jsonl
from schemas.base import Item, Label
from schemas.errors import ProjectError, SourceError
from schemas.faults import lines_of
from schemas.project import SourceConfig, TaskConfig
from schemas.records import Record
from tasks import AnyTaskType, task_types
from tasks.base import NoItem


@dataclass(frozen=True)
class Known:
    """An item whose label is known."""

    line: str
    """Where it stands: file and line."""
    record: Record
    item: Item
    label: Label
    clause: str | None
    entry: bool
    start: Label | None
    """What its page starts from, where the project has pages start from something."""


@dataclass(frozen=True)
class Bad:
    """A line that gives no gold item, and why."""

    line: str
    why: str


def source_of(config: TaskConfig) -> SourceConfig:
    """The gold file of an entry of [[tasks]], as a source."""
    return SourceConfig(reader="jsonl", path=config.gold.file if config.gold else None)


def fingerprint(config: TaskConfig, folder: Path) -> str:
    """Equal while the file and what is made of its lines are; ProjectError where there is no file to read."""
    with _told(config):
        return Jsonl().fingerprint(source_of(config), folder) or ""


def lines(config: TaskConfig, folder: Path) -> Iterator[Known | Bad]:
    """What each line gives, in their order; ProjectError where the file cannot be read."""
    task_type = task_types()[config.type]
    with _told(config):
        for row in Jsonl().rows(source_of(config), folder):
            where = f"{row.dataset}:{row.row}"
            if isinstance(row, BadRow):
                yield Bad(where, row.reason)
                continue
            try:
                yield _known(task_type, config, where, row.values)
            except (NoItem, ValueError) as why:  # a ParseError and a ValidationError are ValueErrors too
                yield Bad(where, _in_a_line(why))


class _told:  # noqa: N801 - reads as a word in `with`
    """What goes wrong with the file, told as a fault of project.toml."""

    def __init__(self, config: TaskConfig) -> None:
        self._type = config.type

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, SourceError):
            raise ProjectError(f"project.toml: {self._type}.gold.file: {error}") from None


def _known(task_type: AnyTaskType, config: TaskConfig, where: str, values: Mapping[str, Any]) -> Known:
    given = dict(values)
    label, clause, entry = given.pop("label", None), given.pop("clause", None), given.pop("entry", False)
    if label is None:
        raise ValueError("'label': must be given, is missing; add it")
    if not isinstance(clause, str | None) or not isinstance(entry, bool):
        raise ValueError(  # noqa: TRY004 - somebody's file
            f"'clause' should be a text and 'entry' true or false, are {clause!r:.60} and {entry!r:.60}"
        )
    record = Record.model_validate(given)
    item = _one_item(task_type, config, record)
    meant: Label = task_type.meant(item, record, fitting(task_type, item, label))
    return Known(where, record, item, meant, clause, entry, _start(task_type, config, record, item))


def _one_item(task_type: AnyTaskType, config: TaskConfig, record: Record) -> Item:
    items: list[Item] = list(task_type.items(record, config.options))
    if len(items) != 1:
        raise ValueError(
            f"'candidates': should make one item of {task_type.name}, since the line has one label, make {len(items)}; "
            "leave one in"
        )
    return items[0]


def _start(task_type: AnyTaskType, config: TaskConfig, record: Record, item: Item) -> Label | None:
    if config.prefill is None:
        return None
    start = start_of(task_type, config, record, item)
    if start is None:
        raise ValueError(
            f"{config.prefill!r}: a label was expected, since pages of {task_type.name} start from one; "
            "without, its empty page would tell it apart"
        )
    return start


def _in_a_line(why: Exception) -> str:
    if isinstance(why, ValidationError):
        return "; ".join(lines_of(why, Record))
    return " ".join(str(why).split())[:500]
