"""project.toml: one labeling effort, parsed once, frozen, and refused where it is not understood."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from schemas.base import Frozen
from schemas.errors import ProjectError
from schemas.nearest import nearest
from schemas.records import Domain

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(gt=0)]
Verdict: TypeAlias = Literal["pass", "reject", "mask"]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]

FILE = "project.toml"
SCREENS = (
    "exact_duplicates",
    "near_duplicates",
    "contamination",
    "personal_data",
    "secrets",
    "language",
    "length",
)


class SourceConfig(Frozen):
    """One input: which reader, where, and how its columns become a record's fields."""

    reader: str
    path: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    domain: Domain | None = None
    language: str | None = None
    license: str | None = None
    programming_language: str | None = None
    topic: str | None = None
    columns: dict[str, str | list[str]] = {}
    """Record field (dotted for inner ones) = column; a list for `candidates`: one column a candidate."""
    limit: Annotated[int, Field(ge=1, le=2**40)] | None = None
    options: dict[str, Any] = {}
    """What the reader itself wants, such as reasoning-gym's `dataset`, `size` and `seed`."""


class Screen(BaseModel):
    """One screen's verdict with its parameters, which the screen itself checks."""

    model_config = {"frozen": True, "extra": "allow"}

    verdict: Verdict


class Verification(Frozen):
    """What machines check before people do."""

    answers: dict[str, Any] = {}
    programs: dict[str, Any] = {}


class Overlap(Frozen):
    """How many annotators a task gets."""

    policy: Literal["fixed", "third_on_disagreement", "posterior"] = "fixed"
    n: Annotated[int, Field(ge=1, le=50)] = 2
    p: Share | None = None
    audit_share: Share = 0.0


class Gold(Frozen):
    """Items whose label is known, mixed in to measure annotators."""

    file: str
    rates: str | dict[str, Share] = "default"


class TaskConfig(Frozen):
    """One kind of labeling work on the records that a condition selects."""

    type: str
    where: str | None = None
    facet: str | None = None
    overlap: Overlap = Overlap()
    gold: Gold | None = None
    guideline: str | None = None
    options: dict[str, Any] = {}
    priority: dict[str, float] = {}
    minutes: Positive | None = None

    @field_validator("overlap", mode="before")
    @classmethod
    def _plain_number(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what stood there
        return {"n": given} if isinstance(given, int) and not isinstance(given, bool) else given


class Pay(Frozen):
    """What a person is paid; never in a release."""

    per: Literal["hour", "annotation"]
    amount: Positive
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"


class Person(Frozen):
    """Somebody who labels, with skills and hours."""

    name: str
    email: str | None = None
    team: str | None = None
    role: Literal["annotator", "adjudicator", "lead"] = "annotator"
    cells: tuple[str, ...] = ()
    weekly_hours: Positive | None = None
    hours: dict[str, str] = {}
    zone: str = "UTC"
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    away: tuple[str, ...] = ()
    pay: Pay | None = None


class Target(Frozen):
    """What must be accepted in a cell, by when."""

    accepted: Annotated[int, Field(ge=1)]
    by: date


class LabelStudioConfig(Frozen):
    """How Label Studio is fed; its address and token come from the environment only."""

    buffer_hours: Positive = 8.0


class Requires(Frozen):
    """The gates of a release."""

    alpha: float | None = None
    gold_accuracy: Share | None = None
    contamination: int | None = None
    sign_off: tuple[str, ...] = ()


class ReleaseConfig(Frozen):
    """What a release holds, and what must be true of it."""

    splits: dict[Name, Positive] = {"train": 1.0}
    """Split = share of prompts, by the hash of the prompt; a prompt keeps its split for ever."""
    simulated: bool = False
    """True lets labels of simulated annotators in; the manifest and the card then say so."""
    requires: Requires = Requires()


class Engine(Frozen):
    """What runs screening and verification."""

    kind: Literal["local", "ray"] = "local"
    address: str | None = None


class Project(Frozen):
    """One labeling effort."""

    name: Name
    sources: tuple[SourceConfig, ...] = ()
    screens: dict[str, Verdict | Screen] = {}
    verification: Verification | None = None
    tasks: tuple[TaskConfig, ...] = ()
    people: tuple[Person, ...] = ()
    target: dict[str, Target] = {}
    plan: dict[str, Positive] = {}
    label_studio: LabelStudioConfig = LabelStudioConfig()
    release: ReleaseConfig = ReleaseConfig()
    engine: Engine = Engine()

    @field_validator("screens")
    @classmethod
    def _known_screens(cls, screens: dict[str, Any]) -> dict[str, Any]:
        for name in screens:
            if name not in SCREENS:
                raise ValueError(f"no screen is called {name!r}; {nearest(name, SCREENS)}")
        return screens

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [person.name for person in self.people]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"people: {name!r} stands there twice; give each person a name of their own")
        return self


def read_project(folder: Path) -> Project:
    """The project of a folder; raises ProjectError in one line a fault."""
    path = folder / FILE
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ProjectError(
            f"{path}: a project file was expected, there is none; make one with: headrace init DIR"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{path}: cannot be read ({error}); check its rights and that it is UTF-8"
        ) from None
    except RecursionError:
        raise ProjectError(f"{path}: should be TOML of ordinary depth, is nested too deep; mend it") from None
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{path}: should be TOML, {error}; mend that line") from None
    return parse_project(given, str(path))


def parse_project(given: dict[str, Any], name: str = FILE) -> Project:
    """A project from TOML's values; raises ProjectError with one line a fault."""
    try:
        return Project.model_validate(given)
    except ValidationError as error:
        faults = [_fault(detail) for detail in error.errors()]
        raise ProjectError("\n".join(f"{name}: {fault}" for fault in dict.fromkeys(faults))) from None


def _fault(detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"] if not str(part).startswith(("function-", "Screen")))
    found = detail["input"]
    if detail["type"] == "extra_forbidden":
        known = _keys_at(detail["loc"][:-1])
        key = str(detail["loc"][-1])
        hint = f"; {nearest(key, known)}" if known else ""
        return f"{where}: no key is called {detail['loc'][-1]!r} here{hint}"
    if detail["type"] == "missing":
        return f"{where}: must be given, is missing; add it"
    if detail["type"] == "value_error":
        message = detail["msg"].removeprefix("Value error, ")
        return f"{where}: {message}" if where else message
    expected = detail["msg"].replace("Input should be", "should be")
    return f"{where}: {expected}, is {found!r:.60}; mend it (docs/reference/project.md)"


def _keys_at(location: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys that the model at a location of project.toml knows."""
    model: type[BaseModel] = Project
    for part in location:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _model_within(model.model_fields[part].annotation)
        if inner is None:
            return ()
        model = inner
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_within(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _model_within(part)) is not None:
            return found
    return None
