"""A store written anew holds the same facts, and nothing of what they said before."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.store import Store, StorePlace
from pipeline.store.rewriting import rewrite
from schemas.errors import StoreError
from schemas.facts import PersonFact, SourceFact

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SECRET = "li.secret@vendor.example"


def person(number: int, email: str) -> PersonFact:
    return PersonFact(
        annotator=f"ann-{number}", server="s", person_id=number, email=email, name="Li", simulated=False, seen_at=NOW
    )  # fmt: skip


def holds(path: Path) -> bool:
    return SECRET.encode() in path.read_bytes()


@pytest.fixture
def place(tmp_path: Path) -> StorePlace:
    """A store that said a secret once."""
    made = StorePlace(tmp_path / "it's")
    with made.writing("test") as store:
        store.put([person(7, SECRET), *(person(n, f"p{n}@vendor.example") for n in range(100, 300))])
    assert holds(made.path)
    with made.writing("test") as store:
        store.put([person(7, "").replace(name="", forgotten_at=NOW)], replace=True)
    return made


def test_the_bytes_go_from_the_store_and_its_snapshot(place: StorePlace) -> None:
    assert holds(place.path)  # what a database keeps of what was changed in it
    with Store(place.path) as store:
        before = (store.id, store.facts(PersonFact))
    place.rewrite("test")
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert {place.path, place.snapshot} <= set(files)
    assert not any(holds(path) for path in files)
    assert {path.name for path in files} == {"store.duckdb", "snapshot.duckdb", "lock"}
    with place.reading() as store:
        assert (store.id, store.facts(PersonFact)) == before


def test_a_rewritten_store_is_a_store(place: StorePlace) -> None:
    place.rewrite("test")
    fact = SourceFact(source_id="s", name="n", fingerprint=None, row_count=1, read_at=NOW)
    with place.writing("test") as store:
        assert store.put([fact]) == 1
        assert store.put([fact]) == 0
    with place.reading() as store:
        assert store.facts(SourceFact) == [fact]


def test_what_was_not_written_into_the_file_yet_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    with Store(path) as store:
        store.put([person(7, "a@vendor.example")])
        log = path.with_name("store.duckdb.wal").read_bytes()
        half = path.read_bytes()
    path.write_bytes(half)
    path.with_name("store.duckdb.wal").write_bytes(log)  # as kill -9 leaves it
    rewrite(path)
    assert [one.name for one in tmp_path.iterdir()] == ["store.duckdb"]
    with Store(path) as store:
        assert store.facts(PersonFact) == [person(7, "a@vendor.example")]


def test_a_draft_that_was_broken_off_is_in_nobodys_way(place: StorePlace) -> None:
    draft = place.path.with_name("store.duckdb.part")
    draft.write_bytes(b"half")
    place.rewrite("test")
    assert not draft.exists()
    with place.reading() as store:
        assert store.count("people") == 201


def test_where_it_cannot_be_written_the_store_stays(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    with Store(path) as store:
        store.put([person(7, "a@vendor.example")])
    path.with_name("store.duckdb.part").mkdir()
    with pytest.raises((StoreError, OSError)):
        rewrite(path)
    with Store(path) as store:
        assert store.count("people") == 1
