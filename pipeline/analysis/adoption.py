"""From another project's data and answers to a task type's items and labels, by a map that somebody wrote.

A map is `data.KEY=FIELD` for a field of the item, and `CONTROL=FIELD` for one of the label. Answers may be put into the
type's words: `better=preference:A=-2,B=2`. A control that a Repeater makes several of stands with its number left
open: `step_{n}=ratings`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pipeline.analysis.controls import Judgement
from schemas.base import Item, Label
from schemas.errors import UsageError
from schemas.nearest import nearest
from tasks import AnyTaskType
from tasks.base import Answers, ParseError, stated

DATA = "data."
NUMBER = "{n}"


@dataclass(frozen=True)
class Asked:
    """The control that a label's field is taken from."""

    control: str
    words: Mapping[str, str] = field(default_factory=dict)
    """The project's word for an answer: the type's."""


@dataclass(frozen=True)
class FieldMap:
    """Where a task type's fields are found in another project."""

    task_type: AnyTaskType
    item: Mapping[str, str]
    """The item's field: the key in a task's data."""
    label: Mapping[str, Asked]


def field_map(task_type: AnyTaskType, given: Iterable[str]) -> FieldMap:
    """The map that was written, as `--map` values; UsageError for what is no field, and for fields that are missing."""
    item: dict[str, str] = {}
    label: dict[str, Asked] = {}
    for one in given:
        source, is_map, rest = one.partition("=")
        name, _, words = rest.partition(":")
        if not is_map or not source or not name:
            raise UsageError(f"--map {one!r:.80}: data.KEY=FIELD or CONTROL=FIELD was expected; write it so")
        if source.startswith(DATA):
            item[_field(task_type.item, name, one)] = source.removeprefix(DATA)
        else:
            label[_field(task_type.label, name, one)] = Asked(source, _words(words, one))
    _complete(task_type.item, item, "item", f"{DATA}KEY")
    _complete(task_type.label, label, "label", "CONTROL")
    return FieldMap(task_type, item, label)


def item_of(fields: FieldMap, data: Mapping[str, Any]) -> Item:
    """The item of a task; ParseError where its data lacks a field, or holds something else there."""
    missing = [key for key in fields.item.values() if key not in data]
    if missing:
        raise ParseError(
            f"data: should have {missing[0]!r:.80}, has {', '.join(map(repr, data))[:200] or 'nothing'}"
        )
    said = {name: data[key] for name, key in fields.item.items()}
    try:
        found: Item = fields.task_type.item.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise ParseError(f"item's {where!r}: {fault['msg']}, is {fault['input']!r:.80}") from None
    return found


def label_of(fields: FieldMap, item: Item, judgements: Mapping[str, Judgement]) -> Label:
    """The label that answers state; ParseError where they state none, or one that the type's own page cannot give."""
    kind = fields.task_type.label
    said = {name: _said(asked, judgements, many=_is_many(kind, name)) for name, asked in fields.label.items()}
    label: Label = stated(kind, {name: value for name, value in said.items() if value is not None})
    if fields.task_type.parse(item, Answers(fields.task_type.result(label))) != label:
        raise ParseError(f"label: should be one that {fields.task_type.name} can give, is {label!r:.200}")
    return label


def _said(asked: Asked, judgements: Mapping[str, Judgement], *, many: bool) -> object:
    """What a control says in the type's words; None where it was left alone."""
    if NUMBER in asked.control:
        return _numbered(asked, judgements)
    judgement = judgements.get(asked.control)
    if judgement is None:
        return None
    values = [asked.words.get(value, value) for value in judgement.values]
    if many:
        return values
    if judgement.kind == "text":
        return "\n".join(values)
    if len(values) != 1:
        raise ParseError(f"{asked.control!r:.80}: should hold one answer, holds {values!r:.80}")
    return values[0]


def _numbered(asked: Asked, judgements: Mapping[str, Judgement]) -> list[object]:
    """What controls of a row say, from the one numbered 0; None for those left alone."""
    pattern = re.compile(re.escape(asked.control).replace(re.escape(NUMBER), r"(\d{1,4})"))
    found = {int(match[1]): name for name in judgements if (match := pattern.fullmatch(name))}
    ones = (Asked(found.get(number, ""), asked.words) for number in range(max(found, default=-1) + 1))
    return [_said(one, judgements, many=False) for one in ones]


def _field(model: type[BaseModel], name: str, given: str) -> str:
    if name not in model.model_fields:
        hint = nearest(name, model.model_fields)
        raise UsageError(f"--map {given!r:.80}: {model.__name__} has no field {name!r:.40}; {hint}")
    return name


def _words(text: str, given: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",")] if text else []
    if not all(is_pair and theirs for theirs, is_pair, _ in pairs):
        raise UsageError(f"--map {given!r:.80}: THEIRS=OURS was expected after the colon; such as A=-2,B=2")
    return {theirs: ours for theirs, _, ours in pairs}


def _complete(model: type[BaseModel], mapped: Iterable[str], what: str, source: str) -> None:
    verdicts = getattr(model, "verdicts", ())  # a way out may stand for them, but nobody maps one
    needed = [name for name, one in model.model_fields.items() if one.is_required() or name in verdicts]
    missing = [name for name in needed if name not in mapped]
    if missing:
        raise UsageError(
            f"--as: a map for the {what}'s {missing[0]!r} was expected; give --map {source}={missing[0]}"
        )


def _is_many(model: type[BaseModel], name: str) -> bool:
    annotation = model.model_fields[name].annotation
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    bare = [get_args(one)[0] if get_origin(one) is Annotated else one for one in parts]
    return any(get_origin(one) in (tuple, list) for one in bare)
