"""What an export says of itself: made of what, as what was chosen, and which file holds what."""

from pydantic import Field, JsonValue

from schemas.base import Frozen

FILE = "export.json"


class OfRelease(Frozen):
    """The release it was made of."""

    name: str
    version: str
    content: str
    simulated: bool
    preview: bool = False


class SplitAccount(Frozen):
    """What one split became."""

    rows: int
    """In the release."""
    made: int
    """In the export."""
    left_out: dict[str, int] = Field(default_factory=dict)
    """Rows of the release, by the reason."""


class Golds(Frozen):
    """Whether reward functions can read the right answers."""

    rows: int
    """That have one."""
    numbers: int
    """Of these, rows whose answer is a plain number, which all of them read."""
    checked: int
    """Other answers that were tried: all of them, or a sample of those that differ."""
    unreadable: int
    """Of those tried, how many a reward function makes nothing of: TRL's skips such rows, others never reward them."""
    examples: tuple[str, ...] = ()
    """Rows that have such a one."""


class FileAccount(Frozen):
    """One file of it."""

    path: str
    rows: int
    bytes: int
    sha256: str


class Account(Frozen):
    """All of it: `export.json`."""

    format: str
    choices: dict[str, JsonValue]
    release: OfRelease
    headrace: str
    sets: dict[str, dict[str, SplitAccount]]
    """By file set and split."""
    columns: dict[str, dict[str, str]]
    """By file set: each column with its type, as Arrow calls it."""
    golds: Golds | None = None
    files: tuple[FileAccount, ...]

    @property
    def made(self) -> int:
        """How many rows it has."""
        return sum(split.made for splits in self.sets.values() for split in splits.values())

    def left_out(self) -> dict[str, int]:
        """How many rows of the release it says nothing of, by the reason."""
        reasons: dict[str, int] = {}
        for splits in self.sets.values():
            for split in splits.values():
                for reason, count in split.left_out.items():
                    reasons[reason] = reasons.get(reason, 0) + count
        return reasons
