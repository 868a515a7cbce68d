"""What must never leave: names, mail addresses, pay and known answers. A release has none; that is seen before it goes.

A column or a file that is not a release's own is refused whatever it holds, so pay has no place to stand in. Addresses
are looked for in every text. Names are looked for where people are spoken of: as an annotator's, and first and last
name together in the card, the manifest and what people gave as their reasons; in the data they may be anybody's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
from pyarrow import compute as pc

from pipeline.publishing.parcel import PAPERS
from pipeline.released import columns
from pipeline.released.opened import Opened, OpenedSet
from pipeline.store import Store
from schemas.errors import GateRefused
from schemas.facts import PersonFact
from schemas.manifest import FILE, VOTES
from schemas.people import Person

GOLD = "SELECT DISTINCT task_id FROM gold_tasks"
WITHDRAWN = "SELECT record_id FROM withdrawals"


@dataclass(frozen=True)
class Kept:
    """What a project keeps to itself."""

    addresses: frozenset[str] = frozenset()
    """Mail addresses, in lower case."""
    names: frozenset[str] = frozenset()
    gold: frozenset[str] = frozenset()
    """Tasks whose answer is known."""
    withdrawn: frozenset[str] = frozenset()
    """Records that were withdrawn, after the release or before it."""

    @cached_property
    def full_names(self) -> "re.Pattern[str] | None":
        """Names of several words, as whole words."""
        long = sorted((name for name in self.names if len(name.split()) > 1), key=len, reverse=True)
        words = "|".join(r"\s+".join(map(re.escape, name.split())) for name in long)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if long else None

    @cached_property
    def address(self) -> "re.Pattern[str] | None":
        """Any of the addresses, not as a part of a longer one."""
        every = "|".join(re.escape(one) for one in sorted(self.addresses, key=len, reverse=True))
        return re.compile(rf"(?<![\w.+-])(?:{every})(?![\w-])", re.IGNORECASE) if every else None


@dataclass(frozen=True)
class Seen:
    """What was seen of a release while it was looked through."""

    withdrawn: set[str]
    """Records behind its rows that are withdrawn by now."""


def kept(store: Store, people: Iterable[Person]) -> Kept:
    """What this project keeps: of the people it names, and of the accounts that were seen."""
    accounts, named = store.facts(PersonFact), list(people)
    addresses = {one.email for one in accounts} | {one.email for one in named if one.email}
    names = {one.name for one in accounts if not one.simulated} | {one.name for one in named}
    return Kept(
        addresses=frozenset(one.casefold() for one in addresses if "@" in one),
        names=frozenset(one.strip() for one in names if one.strip()),
        gold=frozenset(row["task_id"] for row in store.rows(GOLD)),
        withdrawn=frozenset(row["record_id"] for row in store.rows(WITHDRAWN)),
    )


def look_through(release: Opened, own: Kept) -> Seen:
    """Read all that would go; GateRefused at the first thing that must stay. What is told names no person."""
    listed = {file.path for file in release.manifest.files}
    for name in (FILE, *sorted(PAPERS & listed)):
        text = release.text(name)
        _expect_none(own.address, text, f"a mail address stands in {name}")
        _expect_none(own.full_names, text, f"a person's name stands in {name}")
    if VOTES in listed:
        _look_at_votes(release, own)
    withdrawn = (_look_at_rows(release, file_set, own) for file_set in release.sets.values())
    return Seen(set().union(*withdrawn))


def _look_at_votes(release: Opened, own: Kept) -> None:
    for file in release.manifest.files:
        if file.path == VOTES:
            _expect_columns(release.schema(file), columns.VOTES, VOTES)
    for batch in release.vote_batches():
        _expect_no_gold(batch, own, VOTES)
        _expect_no_address(batch, own, VOTES)
        _expect_no_names(batch, own)


def _look_at_rows(release: Opened, file_set: OpenedSet, own: Kept) -> set[str]:
    """The records behind its rows that are withdrawn by now."""
    row_class, withdrawn = columns.row_class(file_set.row_class), set[str]()
    wanted = columns.schema(row_class, conversational=file_set.conversational)
    for split, files in file_set.splits.items():
        for file in files:
            _expect_columns(release.schema(file), wanted, file.path)
        for batch in release.batches(file_set.name, split):
            _expect_no_gold(batch, own, f"data/{file_set.name}")
            _expect_no_address(batch, own, f"data/{file_set.name}")
            withdrawn |= set(_records(batch)) & own.withdrawn
    return withdrawn


def _expect_columns(found: pa.Schema, wanted: pa.Schema, where: str) -> None:
    if strange := sorted(set(_paths(found)) - set(_paths(wanted))):
        raise _refused(f"a column {strange[0]!r:.80} stands in {where} that is none of a release's")


def _paths(schema: Iterable[pa.Field], below: str = "") -> Iterator[str]:
    """The columns, and what stands within them."""
    for one in schema:
        path, kind = f"{below}{one.name}", one.type
        yield path
        while pa.types.is_list(kind) or pa.types.is_large_list(kind):
            kind = kind.value_type
        if pa.types.is_struct(kind):
            yield from _paths((kind.field(number) for number in range(kind.num_fields)), f"{path}.")


def _expect_no_gold(batch: pa.RecordBatch, own: Kept, where: str) -> None:
    if own.gold and pc.any(pc.is_in(batch["task_id"], pa.array(own.gold, pa.string()))).as_py():
        raise _refused(f"a task whose answer is known stands in {where}")


def _expect_no_address(batch: pa.RecordBatch, own: Kept, where: str) -> None:
    if own.address is None:
        return
    for name, texts in _texts(dict(zip(batch.schema.names, batch.columns, strict=True))):
        suspects = texts.filter(pc.match_substring(texts, "@"))
        for text in suspects.to_pylist():
            _expect_none(own.address, text, f"a mail address stands in {where}, column {name}")


def _expect_no_names(batch: pa.RecordBatch, own: Kept) -> None:
    if own.names and pc.any(pc.is_in(batch["annotator"], pa.array(own.names, pa.string()))).as_py():
        raise _refused(f"a person's name stands in {VOTES}, column annotator")
    if own.full_names is not None:
        for reason in batch["reason"].to_pylist():
            _expect_none(own.full_names, reason or "", f"a person's name stands in {VOTES}, column reason")


def _texts(columns_of: Mapping[str, pa.Array]) -> Iterator[tuple[str, pa.Array]]:
    """Every column of texts, those within others too, after its name."""
    for name, column in columns_of.items():
        flat = column
        while pa.types.is_list(flat.type) or pa.types.is_large_list(flat.type):
            flat = flat.flatten()
        if pa.types.is_struct(flat.type):
            names = [f"{name}.{flat.type.field(number).name}" for number in range(flat.type.num_fields)]
            yield from _texts(dict(zip(names, flat.flatten(), strict=True)))
        elif pa.types.is_string(flat.type) or pa.types.is_large_string(flat.type):
            yield name, flat


def _records(batch: pa.RecordBatch) -> Iterator[str]:
    """The records behind the rows of a batch, each once."""
    behind = batch["sources"].flatten()
    yield from pc.unique(behind.field("record_id")).to_pylist()


def _expect_none(pattern: "re.Pattern[str] | None", text: str, found: str) -> None:
    if pattern is not None and pattern.search(text):
        raise _refused(found)


def _refused(found: str) -> GateRefused:
    return GateRefused(
        f"publish: no name, address, pay or known answer was expected in what goes, {found}; nothing was sent: "
        "withdraw or redo what it stands in, then release again"
    )
