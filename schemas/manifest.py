"""The manifest of a release: what it holds, where that comes from, by which rules, and the hash of every file.

Everything in it follows from the facts, the project and its benchmarks: no clock, no machine, no Python version, so
that the same store writes the same bytes. A later headrace may say more in it: what is not known here is passed over.
"""

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

FILE = "manifest.json"
CARD = "README.md"
CROISSANT = "croissant.json"
OVERLAP, AGREEMENT = "pictures/votes.svg", "pictures/agreement.svg"
"""What the card shows, where there is something to draw."""
VOTES = "votes.parquet"
DATA = "data"
"""The folder of the file sets: `data/SET/SPLIT-00000-of-00001.parquet`."""

BumpKind: TypeAlias = Literal["first", "patch", "minor", "major", "chosen"]


class Entry(BaseModel):
    """A part of a manifest: cannot be changed, passes over what it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class FileEntry(Entry):
    """One file of a release."""

    path: str
    """From the release's folder, with slashes."""
    set: str | None = None
    """The file set it belongs to; None for what belongs to none, as votes and the card."""
    split: str | None = None
    rows: int = 0
    bytes: int
    sha256: str


class FileSet(Entry):
    """A table of rows of one class: a folder under `data`, and the dataset's configuration."""

    name: str
    row_class: str
    """The name of its class in schemas/rows.py."""
    task_type: str
    conversational: bool = False
    """Whether its prompts and answers are lists of messages, instead of texts."""
    splits: dict[str, int]
    """Rows of each split."""


class TypeEntry(Entry):
    """What was asked in one version of a task type, and how well people agreed on it."""

    name: str
    version: int
    tasks: int
    rows: int
    compared: int
    """Over all tasks settled by then, the disputed ones too."""
    disputed: int
    adjudicated: int
    mean_agreement: float | None
    guidelines: dict[str, int] = {}
    """Rows by the guideline version that their votes were given under."""


class Counts(Entry):
    """How much there is."""

    records: int
    tasks: int
    rows: int
    """Of data: without those that say that a question was passed."""
    passed: int = 0
    labels: int
    annotators: int
    simulated_annotators: int
    simulated_labels: int
    decisions: int
    adjudicators: int
    simulated_decisions: int
    simulated_rows: int = 0
    by: dict[str, int] = {}
    """Rows of data by who decided them: people, adjudicator, machine."""
    votes: dict[str, int] = {}
    """Rows of data by how many votes they rest on: the overlap, as it came to be."""
    methods: dict[str, int] = {}
    """Rows of data by how their votes were settled."""
    cells: dict[str, int] = {}
    """Rows of data by cell."""


class SourceEntry(Entry):
    """A source of the records behind it."""

    dataset: str | None
    config: str | None = None
    revision: str | None = None
    license: str | None
    language: str | None = None
    records: int


class Gate(Entry):
    """Something asked of a release, and what was found."""

    name: str
    """As under `[release.requires]`."""
    asked: JsonValue
    found: JsonValue = None
    """None where it could not be measured."""
    met: bool
    said: str
    """In one line for people, with the interval where there is one."""
    exception: str | None = None
    """Why it is released all the same."""


class Estimate(Entry):
    """A figure with its interval."""

    name: str
    of: str
    """What it is a figure of: a task type, a cell, or `all`."""
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    """What it rests on."""
    said: str = ""


class Policies(Entry):
    """The rules by which it was made."""

    overlap: dict[str, JsonValue] = {}
    """By task type."""
    pool_guidelines: tuple[str, ...] = ()
    """The task types whose votes count together whatever guideline they were given under."""
    screens: dict[str, JsonValue] = {}
    verification: JsonValue = None
    splits: dict[str, float] = {}
    gates: tuple[Gate, ...] = ()
    additions_only: bool = False


class HeldBack(Entry):
    """A row that it does not take as it is now, and why."""

    row_id: str
    task_id: str
    reason: str
    detail: str


class Withdrawn(Entry):
    """A record that an earlier release had, and this one has not; why may be nobody else's business."""

    record_id: str
    withdrawn_at: datetime


class Previous(Entry):
    """The release before it."""

    version: str
    content: str


class Bump(Entry):
    """Why it has the number that it has."""

    kind: BumpKind
    reason: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    moved: int = 0
    """Rows that stand in another split or file set."""


class Signed(Entry):
    """That somebody signed it: their role, never their name."""

    role: str
    digest: str
    exception: str | None = None
    signed_at: datetime


class Contamination(Entry):
    """How many of the rows were held against benchmarks, and how many leak one."""

    rows: int
    leaks: int


class About(Entry):
    """What only people can say of it, as `[release.card]` has it."""

    description: str | None = None
    creator: str | None = None
    url: str | None = None
    license: str | None = None
    annotators: str | None = None


class Manifest(Entry):
    """All of it."""

    format: int = 1
    """Raised when a reader of today could not read it any more."""
    name: str
    version: str
    preview: bool = False
    """True for a look at what would be released: never published, never signed, frozen nowhere."""
    about: About = About()
    content: str
    """128 bits of the sorted (row_id, row_hash, split): equal for releases with the same rows."""
    digest: str
    """128 bits of `content` and of what stands beside each row: equal where nothing at all is new."""
    facts_until: datetime | None = None
    """The newest settled label in it."""
    simulated: bool
    """Whether simulated annotators had a voice in it."""
    counts: Counts
    splits: dict[str, int]
    """Rows of data of each split, over all file sets."""
    sets: tuple[FileSet, ...]
    task_types: tuple[TypeEntry, ...]
    sources: tuple[SourceEntry, ...]
    licenses: dict[str, int] = {}
    """Records by licence; what is not known is called `unknown`."""
    languages: dict[str, int] = {}
    policies: Policies = Policies()
    contamination: Contamination | None = None
    estimates: tuple[Estimate, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    forgotten: tuple[str, ...] = ()
    """Pseudonyms, as in votes.parquet, of people whose name is gone for good."""
    previous: Previous | None = None
    bump: Bump | None = None
    """None in a preview of a store without releases."""
    signatures: tuple[Signed, ...] = ()
    software: dict[str, str] = {}
    """Versions of headrace and of what writes its bytes."""
    files: tuple[FileEntry, ...] = ()
    """All but the manifest itself."""
