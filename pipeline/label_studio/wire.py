"""What goes over the wire to Label Studio and back: text it can bear, JSON we have validated."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from pydantic import BaseModel, Field, ValidationError

from pipeline.label_studio.base import LEADING, STAMP, UID, NewTask, RemoteAnnotation, RemoteTask, Utc
from pipeline.label_studio.outside import URL_VARIABLE
from schemas.errors import LabelStudioRefused

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_LEAD = 86_400.0
"""Nobody works on one task for longer than a day: such a lead time says nothing."""
INSTEAD = "\ufffd"
_POISON = re.compile("[\x00\ud800-\udfff]")


def clean(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A JSON value whose texts hold U+FFFD for NUL and lone surrogates.

    One of them, stored in one task, makes Label Studio fail on the whole project.
    """
    if isinstance(value, str):
        return _POISON.sub(INSTEAD, value)
    if isinstance(value, Mapping):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [clean(inner) for inner in value]
    return value


def cleaned(value: Any) -> tuple[Any, list[str]]:  # noqa: ANN401 - any JSON value
    """A value as `clean` gives it, and the dotted paths at which it had to be changed."""
    made = clean(value)
    return made, [] if made == value else [".".join(path) for path in _poisoned(value)]


def _poisoned(value: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        if _POISON.search(value):
            yield ()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from ((clean(key), *path) for part in (key, inner) for path in _poisoned(part))
    elif isinstance(value, Sequence):
        for at, inner in enumerate(value):
            yield from ((str(at), *path) for path in _poisoned(inner))


def importable(task: NewTask) -> dict[str, Any]:
    """A task as an import request carries it."""
    body: dict[str, Any] = clean(_as_it_is(task))
    return body


def import_body(tasks: Sequence[NewTask]) -> bytes:
    """The body of an import request."""
    return f"[{', '.join(task.body for task in tasks)}]".encode()


def written(task: NewTask) -> str:
    """A task in an import request's JSON; walked through only where a text in it is poisoned."""
    text = json.dumps(_as_it_is(task), ensure_ascii=False, default=clean)
    if r"\u0000" not in text:
        with suppress(UnicodeEncodeError):
            text.encode()
            return text
    return json.dumps(importable(task), ensure_ascii=False)


def _as_it_is(task: NewTask) -> dict[str, Any]:
    seeds = [{"model_version": LEADING, "result": task.seed}] if task.seed else []
    return {"data": dict(task.data), **({"predictions": seeds} if seeds else {})}


def stamp_in(description: str) -> str | None:
    """The stamp in a project's description, if one is there."""
    found = [line for line in map(str.strip, description.splitlines()) if line.startswith(STAMP)]
    return found[-1].removeprefix(STAMP).strip() if found else None


def stamped(description: str, stamp: str) -> str:
    """A project's description with this stamp and no other."""
    kept = [line for line in description.splitlines() if not line.strip().startswith(STAMP)]
    return "\n".join([*kept, f"{STAMP} {stamp}"])


class Version(BaseModel):
    """What the server says of itself."""

    release: str


class Project(BaseModel):
    """A project, with the columns that were asked for."""

    id: int
    title: str | None = None
    description: str | None = None
    label_config: str | None = None
    maximum_annotations: int = 1
    expert_instruction: str | None = None
    show_skip_button: bool | None = None
    show_collab_predictions: bool | None = None
    model_version: str | None = None
    task_number: int | None = None

    def lines(self) -> list[str]:
        """The lines of its description, in which a marker can stand."""
        return [line.strip() for line in (self.description or "").splitlines()]


class Projects(BaseModel):
    """A page of projects."""

    results: list[Project]
    next: str | None = None


class Stamp(BaseModel):
    """A task that changed, without what is in it."""

    id: int
    updated_at: Utc


class Row(BaseModel):
    """A task and its data."""

    id: int
    data: Any = None


class Rows(BaseModel):
    """A page of tasks."""

    tasks: list[Any]


class Imported(BaseModel):
    """The answer to an import."""

    task_ids: list[int]


class User(BaseModel):
    """An account."""

    id: int
    email: str
    first_name: str = ""
    last_name: str = ""

    def name(self) -> str:
        """What people call them."""
        return f"{self.first_name} {self.last_name}".strip()


class Invite(BaseModel):
    """The link for people who have no account yet."""

    invite_url: Annotated[str, Field(min_length=1)]


class _Account(BaseModel):
    id: int


class _Annotation(BaseModel):
    """An annotation as it comes: its author by id or spelled out, its result anything at all."""

    id: int
    completed_by: int | _Account | None = None
    updated_by: int | _Account | None = None
    result: list[Any] | None = None
    lead_time: float | None = None
    was_cancelled: bool = False
    created_at: Utc
    updated_at: Utc


class _Task(BaseModel):
    id: int
    data: Any = None
    updated_at: Utc
    annotations: list[Any] | None = None
    overlap: int = 1
    is_labeled: bool = False


def remote_task(raw: Any) -> RemoteTask:  # noqa: ANN401 - not validated yet
    """A task as Label Studio told it, with what could not be read listed in `broken`.

    Raises ValidationError where it is no task at all.
    """
    task = _Task.model_validate(raw)
    annotations, broken = [], []
    for one in task.annotations or ():
        annotation, reason = _annotation(one)
        annotations += [annotation] if annotation else []
        broken += [reason] if reason else []
    data, reason = _data(task)
    return RemoteTask(
        id=task.id,
        uid=uid_of(task.data),
        updated_at=task.updated_at,
        annotations=tuple(annotations),
        data=data,
        overlap=task.overlap,
        closed=task.is_labeled,
        broken=(*broken, *([reason] if reason else [])),
    )


def _data(task: _Task) -> tuple[dict[str, Any], str | None]:
    """What a task's data holds, as far as it can be read, and what is wrong with it, if anything is."""
    try:
        return (clean(task.data) if isinstance(task.data, dict) else {}), None
    except RecursionError:
        return {}, f"task {task.id}: expected data of ordinary depth, found some nested too deep"


def uid_of(data: Any) -> str | None:  # noqa: ANN401 - not validated yet
    """Our task id in a task's data, if it holds one."""
    uid = data.get(UID) if isinstance(data, dict) else None
    return uid if isinstance(uid, str) and uid else None


def _annotation(raw: Any) -> tuple[RemoteAnnotation | None, str | None]:  # noqa: ANN401 - not validated yet
    """The annotation, if it can be read, and what is wrong with it, if anything is."""
    name = f"annotation {raw.get('id')!r}" if isinstance(raw, dict) else "an annotation"
    try:
        seen = _Annotation.model_validate(raw)
        result = clean(seen.result or [])
    except ValidationError as error:
        return None, f"{name}: {first_problem(error)}"
    except RecursionError:
        return None, f"{name}: expected a result of ordinary depth, found one nested too deep"
    annotation = RemoteAnnotation(
        id=seen.id,
        person_id=_id_of(seen.completed_by),
        edited_by=_id_of(seen.updated_by),
        result=tuple(result),
        lead_seconds=_lead(seen.lead_time),
        skipped=seen.was_cancelled,
        created_at=seen.created_at,
        updated_at=seen.updated_at,
    )
    return annotation, None


def _lead(seconds: float | None) -> float | None:
    """A lead time that can be; any other is none, and no reason to doubt what else is told."""
    return seconds if seconds is not None and 0 <= seconds <= LONGEST_LEAD else None


def _id_of(account: int | _Account | None) -> int | None:
    return account.id if isinstance(account, _Account) else account


def validated(method: Callable[P, T]) -> Callable[P, T]:
    """An answer of another shape than Label Studio's is a refusal, told in one line."""

    @wraps(method)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except ValidationError as error:
            raise LabelStudioRefused(
                f"Label Studio's answer: {first_problem(error)}; "
                f"check {URL_VARIABLE}, and that the server is Label Studio 1.23"
            ) from error

    return asked


def first_problem(error: ValidationError) -> str:
    """The first thing that a validation found, on one line: `expected …, found …`."""
    problem = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, problem["loc"])) or "it"
    reason = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"expected {where} as Label Studio gives it, found {str(problem['input'])[:80]!r} ({reason})"
