"""Facts about releases: the rows that labels make, where prompts belong, who signed, and what was held back."""

from datetime import datetime
from typing import Literal

from schemas.facts import Fact


class MadeFact(Fact):
    """That a settled label was read for the rows that it makes.

    Of a whole that several tasks hold a part of each, there is one of each part, which has no rows then, and one of all
    of them together.
    """

    table = "made"
    key = ("made_id",)

    made_id: str
    """The resolution's id; of a whole, the hash of its parts' ids."""
    task_id: str
    """Of a whole, its first part's."""
    task_type: str
    version: int
    recipe: str
    """Of the code that made the rows: by another code they are made again."""
    whole: str | None
    """The id of the whole that this is a part of."""
    place: int
    """Which part of it."""
    resolutions: tuple[str, ...]
    made_at: datetime


class RowFact(Fact):
    """A row that a settled label makes, with what stands beside it for good; chosen when a release is made."""

    table = "made_rows"
    key = ("made_id", "row_id", "row_hash")

    made_id: str
    row_id: str
    """The row's identity, the same in every release."""
    row_hash: str
    """128 bits of what the row says: equal rows have equal ones, in every version of headrace."""
    recipe: str
    file_set: str
    """The folder it goes to: one a task type and row class."""
    talks: bool
    """Whether its prompts and answers are messages."""
    payload: str
    """The row's own fields as their columns hold them, in JSON, without `id` and `simulated`."""
    payload_bytes: int
    task_id: str
    task_type: str
    version: int
    cell: str
    attempt: int
    simulated: bool
    decided_by: Literal["people", "adjudicator", "machine"]
    votes: int
    """Of a whole, the fewest that a part has; as the lowest agreement and posterior."""
    agreement: float | None
    posterior: float | None
    method: str
    guideline: str | None
    votes_id: str
    """128 bits of the sorted revisions behind it, those that an adjudicator saw too."""


class ReleaseRowFact(Fact):
    """One row of a release, with its split, and what stood beside it then that may be another tomorrow."""

    table = "release_rows"
    key = ("version", "row_id")
    indexed = False

    version: str
    row_id: str
    task_id: str
    task_type: str
    split: str
    payload: str | None
    """The row, in a release of an older headrace, which knows nothing of what follows; else `made_rows` has it."""
    row_hash: str | None = None
    file_set: str | None = None
    made_id: str | None = None
    prompt_id: str | None = None
    records: tuple[str, ...] | None = None
    """The records behind it that were not withdrawn then."""
    method: str | None = None
    posterior: float | None = None


class SplitFact(Fact):
    """The split of a prompt, for ever; prompts that are nearly the same have one."""

    table = "prompt_splits"
    key = ("prompt_id",)

    prompt_id: str
    split: str
    cluster: str
    """The prompt that stands for all that are nearly the same: the first of them that was given a split."""
    set_at: datetime


class SignatureFact(Fact):
    """That somebody signed a release, dated, over the hash of what it holds."""

    table = "signatures"
    key = ("version", "signer", "signed_at")

    version: str
    digest: str
    """What was signed: a release of this version with another content is not signed by it."""
    signer: str
    """A pseudonym of the name that the project has for them; in a release it is their role that stands."""
    role: str
    exception: str | None
    """Why a release is signed though it falls short of a gate; None where it is signed as one that does not."""
    waived: tuple[str, ...] = ()
    """The gates that it fell short of then, such as `alpha.step_review`: the exception is for these, and no other."""
    signed_at: datetime


class HeldBackFact(Fact):
    """A row that a release did not take, and why: an erratum, a prompt between two splits."""

    table = "held_back"
    key = ("version", "row_id")

    version: str
    row_id: str
    task_id: str
    reason: Literal["correction", "bridges splits", "removal"]
    detail: str
