"""project.toml: one labeling effort, parsed once, frozen, and refused where it is not understood."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator, model_validator

from schemas.base import Frozen
from schemas.errors import ProjectError
from schemas.faults import lines_of
from schemas.people import Person, twice
from schemas.people_file import read_people
from schemas.records import Domain
from schemas.verification import Verification

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(gt=0)]
Alpha: TypeAlias = Annotated[float, Field(gt=-1, le=1)]
Verdict: TypeAlias = Literal["pass", "reject", "mask"]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]

FILE = "project.toml"


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


class Overlap(Frozen):
    """How many annotators a task gets: a number, or a policy that asks again where votes leave a doubt."""

    policy: Literal["fixed", "third_on_disagreement", "posterior"] = "fixed"
    n: Annotated[int | None, Field(ge=1, le=50)] = None
    """The most that a task gets; by default 2 where it is fixed, else 3."""
    p: Annotated[float | None, Field(gt=0.5, lt=1)] = None
    """For `posterior`: how sure a label must be for the task to need no further vote; 0.95 by default."""
    audit_share: Share = 0.0
    """The share of tasks, by hash, that get the most whatever their votes say, so that savings stay honest."""

    @property
    def first(self) -> int:
        """How many votes every task gets before the policy looks at them."""
        return min({"fixed": self.most, "third_on_disagreement": 2, "posterior": 2}[self.policy], self.most)

    @property
    def most(self) -> int:
        """How many votes a task gets at the most."""
        return self.n or {"fixed": 2, "third_on_disagreement": 3, "posterior": 3}[self.policy]

    @property
    def sure(self) -> float:
        """The posterior from which on a label is sure enough."""
        return 0.95 if self.p is None else self.p

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.policy == "third_on_disagreement" and self.most != 3:  # noqa: PLR2004 - as its name says
            raise ValueError(f"third_on_disagreement asks 2 and at most 3, n is {self.n}; remove n")
        if self.p is not None and self.policy != "posterior":
            raise ValueError(f"p belongs to the policy 'posterior', the policy is {self.policy!r}; remove p")
        return self


class GoldRates(Frozen):
    """Which share of what somebody is given is gold, through the door."""

    first: Share = 0.2
    """Of their first items in a cell."""
    first_items: Annotated[int, Field(ge=0)] = 100
    then: Share = 0.08
    warned: Share = 0.15
    """While their gold gives cause for concern."""


class Gold(Frozen):
    """Items whose label is known, mixed in to measure annotators."""

    file: str
    rates: GoldRates = GoldRates()
    entry: Annotated[int, Field(ge=0)] | None = None
    """How many of the items marked `entry` a newcomer to a cell does before anything else; by default all."""
    entry_share: Share = 0.75
    """Which share of them must be right."""

    @field_validator("rates", mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what stood there
        return {} if given == "default" else given


class TaskConfig(Frozen):
    """One kind of labeling work on the records that a condition selects."""

    type: str
    where: str | None = None
    facet: str | None = None
    overlap: Overlap = Overlap()
    gold: Gold | None = None
    guideline: str | None = None
    pool_guidelines: bool = False
    """True counts votes given under different versions of the guideline together."""
    options: dict[str, Any] = {}
    prefill: str | None = None
    """Where in the record a label stands that pages start from: `hidden_model_label` or `extra.COLUMN`; none do."""
    priority: dict[str, float] = {}
    minutes: Positive | None = None

    @field_validator("overlap", mode="before")
    @classmethod
    def _plain_number(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what stood there
        return {"n": given} if isinstance(given, int) and not isinstance(given, bool) else given

    @field_validator("prefill")
    @classmethod
    def _somewhere(cls, prefill: str | None) -> str | None:
        if prefill not in (None, "hidden_model_label") and not re.fullmatch(r"extra\..+", str(prefill)):
            raise ValueError(f"should be hidden_model_label or extra.COLUMN, is {prefill!r}")
        return prefill


class Target(Frozen):
    """What must be accepted in a cell, by when."""

    accepted: Annotated[int, Field(ge=1)]
    by: date


class LabelStudioConfig(Frozen):
    """How Label Studio is fed; its address and token come from the environment only."""

    buffer_hours: Positive = 8.0
    """How many hours of work each cell holds ready there, at the pace of its people."""
    buffer_tasks: Annotated[int, Field(ge=1)] = 200
    """How many tasks, as long as that pace is not known."""
    in_doubt_seconds: Positive | None = None
    """How long an import whose answer was lost may still come; by default our time-out and the server's own."""


class Requires(Frozen):
    """The gates of a release. A plain number holds for every task type, a table for those that it names."""

    alpha: Alpha | dict[str, Alpha] | None = None
    """How far people agreed, at least."""
    gold_accuracy: Share | dict[str, Share] | None = None
    """Which share of their answers on gold was right, at least."""
    error: Share | dict[str, Share] | None = None
    """Which share of the accepted labels is wrong, at most; a plain number holds for all of them together."""
    contamination: Annotated[int, Field(ge=0)] | None = None
    """Rows that leak a benchmark, at most."""
    counts: dict[str, Annotated[int, Field(ge=1)]] = {}
    """Cell, or `zh/code_review/*` with all below it = rows at least."""
    licenses: tuple[str, ...] = ()
    """What the sources may be licensed under: SPDX names, `*` for any letters, `permissive`."""
    sign_off: tuple[str, ...] = ()
    """Who must have signed, by role or name; a role named twice wants two of them."""
    judged_by: Literal["interval", "estimate"] = "interval"
    """Whether a figure must be shown, with its whole interval, or its best estimate is enough."""


class CardConfig(Frozen):
    """What only people can say of a dataset; what is left out, its card says is missing."""

    description: str | None = None
    """What it is and what it is for, in a sentence or some."""
    creator: str | None = None
    """Who answers for it: an organisation, not a person."""
    url: str | None = None
    license: str | None = None
    """Under which the release is given away, as SPDX names it; by default that of its sources, where it is one."""
    annotators: str | None = None
    """Who labeled, in words: where they live, what they know, how they were found."""


class ReleaseConfig(Frozen):
    """What a release holds, and what must be true of it."""

    splits: dict[Name, Positive] = {"train": 1.0}
    """Split = share of prompts, by the hash of the prompt; a prompt keeps its split for ever."""
    simulated: bool = False
    """True lets labels of simulated annotators in; the manifest and the card then say so."""
    requires: Requires = Requires()
    card: CardConfig = CardConfig()


class History(Frozen):
    """An event log from before, or from elsewhere, that progress is measured with too."""

    path: str
    """Parquet or JSONL, as docs/reference/events.md says; from the project's folder."""
    team: str | None = None
    """The team that it was made by, as for `analyse flow`."""
    simulated: bool = False
    """True where nobody ever worked so: the report says it."""


class Engine(Frozen):
    """What runs ingest, screening and verification, and where the records lie meanwhile."""

    kind: Literal["local", "ray"] = "local"
    address: str | None = None
    """Of a Ray cluster that is there already; without one, Ray is started on this machine."""
    workers: Annotated[int, Field(ge=1, le=4096)] | None = None
    """How many jobs at once; by default as many as there are processors."""
    corpus: str | None = None
    """Where shards are kept: a folder, or a URL such as s3://bucket/corpus; by default `corpus` beside project.toml."""


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
    history: History | None = None
    label_studio: LabelStudioConfig = LabelStudioConfig()
    release: ReleaseConfig = ReleaseConfig()
    engine: Engine = Engine()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if fault := twice(self.people):
            raise ValueError(fault)
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
    return parse_project(_with_people(given, read_people(folder)), str(path))


def _with_people(given: dict[str, Any], people: Sequence[Person]) -> dict[str, Any]:
    """TOML's values with the people of people.csv; what is no list there is told as the fault that it is."""
    named = given.get("people", [])
    return {**given, "people": [*named, *people]} if people and isinstance(named, list) else given


def parse_project(given: dict[str, Any], name: str = FILE) -> Project:
    """A project from TOML's values; raises ProjectError with one line a fault."""
    try:
        return Project.model_validate(given)
    except ValidationError as error:
        raise ProjectError("\n".join(f"{name}: {line}" for line in lines_of(error, Project))) from None
