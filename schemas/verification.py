"""`[verification]` of project.toml: what machines find out of candidates, and what follows without a person."""

import re
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from schemas.base import Frozen

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(gt=0)]
Count: TypeAlias = Annotated[int, Field(ge=1)]


class CheckConfig(Frozen):
    """What every check knows: of which records it is asked, and what its outcomes decide."""

    routing: ClassVar[tuple[str, ...]] = ("where", "decides", "then", "audit_share")
    """The keys that have no bearing on what is found: changing them asks no record again."""

    where: str | None = None
    """A condition on records, as in [[tasks]]: the others are not checked."""
    decides: tuple[str, ...] = ()
    """Outcomes after which no person is asked; by default every item goes to people, the evidence beside it."""
    then: Literal["label", "drop"] = "label"
    """What becomes of an item that is decided: a machine's label, which says so, or none at all."""
    audit_share: Share = 0.05
    """The share of decided items, by hash, that go to people all the same: they tell the machine's error."""

    def finding(self) -> dict[str, Any]:
        """The options that bear on what is found."""
        return self.model_dump(mode="json", exclude=set(self.routing))


class AnswersConfig(CheckConfig):
    """How a candidate's final answer is held against the reference."""

    decides: tuple[Literal["equal", "not_equal"], ...] = ()
    cpu_seconds: Positive = 5.0
    """Processor time that one comparison may take; beyond it the outcome is unknown."""
    memory_mb: Count = 1024


class ProgramsConfig(CheckConfig):
    """How a candidate's program is run against the record's tests, in the sandbox."""

    decides: tuple[Literal["passed", "failed"], ...] = ()
    seconds: Positive = 10.0
    """What one run may take, of processor time, and several times that by the clock."""
    repeats: Count = 2
    """How often each is run: outcomes that differ are `flaky`."""
    memory_mb: Count = 512
    output_kb: Count = 1024
    threads: Count = 32
    """A program has threads, but can start no process, and has no place to write to."""
    python: str | None = None
    """The interpreter that programs run by, such as one of an environment with libraries; by default ours, bare."""


class JudgeConfig(CheckConfig):
    """A column of the record that holds a model's verdict; no model is called by us."""

    routing: ClassVar[tuple[str, ...]] = (*CheckConfig.routing, "name")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    column: str = "hidden_model_label"
    """`hidden_model_label` or `extra.COLUMN`: one verdict, or a list with one for each candidate."""
    task: str
    """The task type whose label it states."""

    @field_validator("column")
    @classmethod
    def _somewhere(cls, column: str) -> str:
        if column != "hidden_model_label" and not re.fullmatch(r"extra\..+", column):
            raise ValueError(f"should be hidden_model_label or extra.COLUMN, is {column!r}")
        return column


class Verification(Frozen):
    """What machines check before people do; what is not named here is not checked."""

    answers: AnswersConfig | None = None
    programs: ProgramsConfig | None = None
    judges: tuple[JudgeConfig, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Verification":
        names = [judge.name for judge in self.judges]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"each judge should have a name of its own, {twice!r} is there twice")
        return self
