"""What every check is: one record in, what was found of each of its candidates out.

A check is one file in this folder that holds a `check`; the folder is the registry. It knows nothing of the store:
`pipeline.stages.verify` asks it, in processes of the engine, and puts what it finds as EvidenceFacts.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from schemas.base import Json, canonical_json, content_id
from schemas.records import Record
from schemas.verification import CheckConfig

OptionsT = TypeVar("OptionsT", bound=CheckConfig)

NOTHING = "nothing_to_check"
"""The outcome, said of the reference, of a record that a check has nothing to say of: it is not asked again."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found out of one candidate, or of the reference; picklable, and JSON but for its shape."""

    candidate: int
    """Its place among the record's candidates, from 0; schemas.screening.REFERENCE for the record's own."""
    outcome: str
    detail: Mapping[str, Json] = field(default_factory=dict)
    """Why. Where there are test cases, `tests` lists them in the tests' order, each
    `{"name": str, "outcome": str, "output": str}`: generate shows them to people."""
    seconds: float | None = None
    """Processor time it took."""


class Check(ABC, Generic[OptionsT]):
    """One way to find something out of a record's candidates without a person."""

    name: ClassVar[str]
    """As `[verification]` of project.toml and the evidence call it: answers, programs, judges."""
    version: ClassVar[int] = 1
    """Raised when the same record may get another outcome: then every record is asked again."""
    title: ClassVar[str]
    """What people call it: a few words."""
    certain: ClassVar[tuple[str, ...]] = ()
    """The outcomes that `decides` may name; empty where any word may be one."""

    @abstractmethod
    def look(self, record: Record, options: OptionsT) -> Sequence[Found]:
        """What is found of the record; empty where there is nothing to check.

        Called in any process, for record after record, never in two threads of one; what it starts it keeps for the
        next record. It never raises for what a record holds: what cannot be found out is an outcome.
        """

    def refuse(self, options: OptionsT) -> None:
        """Raise VerificationError where this machine cannot do it, with what to install; once before a run."""
        del options

    def by(self, options: OptionsT) -> str:
        """What found it out: the same words mean the same outcomes. `answers 1 4f0c2a91`."""
        mark = content_id(canonical_json(options.finding()))[:8]
        return f"{self.name} {self.version} {mark}"


AnyCheck = Check[Any]
