"""The store: facts go in once, come out as they were, and a store of any age opens or says why not."""

import re
import threading
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import Store
from pipeline.store.arrow import table_of
from pipeline.store.log import EventLog
from pipeline.store.migrations import MIGRATIONS
from pipeline.store.store import _interruptions
from pipeline.store.views import VIEWS
from schemas.errors import ProjectError, StoreError
from schemas.facts import Fact, RecordFact, SourceFact
from schemas.tables import FACTS
from tests.pipeline.filled import Filled

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def some(annotation: Any) -> st.SearchStrategy[Any]:
    """Values that a fact's field may hold, as the store must keep them."""
    if get_origin(annotation) in (Union, types.UnionType):
        return st.one_of([st.none() if part is type(None) else some(part) for part in get_args(annotation)])
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if get_origin(annotation) is tuple:
        return st.lists(some(get_args(annotation)[0]), max_size=3).map(tuple)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
        int: st.integers(-(2**63), 2**63 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        datetime: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zoned here
    }
    return simple[annotation]


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=4)
@given(data=st.data())
def test_facts_come_out_as_they_went_in(kind: type[Fact], data: st.DataObject) -> None:
    fields = {name: some(field.annotation) for name, field in kind.model_fields.items()}

    def key(fact: Fact) -> tuple[object, ...]:
        return tuple(getattr(fact, name) for name in kind.key)

    facts = data.draw(st.lists(st.builds(kind, **fields), max_size=4, unique_by=key))
    with Store(":memory:") as store:
        assert store.put(facts) == len(facts)
        assert store.put(facts) == 0
        found = store.facts(kind)
    assert sorted(found, key=str) == sorted(facts, key=str)


def test_a_known_fact_stays_unless_replaced() -> None:
    old = SourceFact(source_id="s", name="n", fingerprint="1", row_count=1, read_at=NOW)
    with Store(":memory:") as store:
        store.put([old])
        assert store.put([old.replace(fingerprint="2")]) == 0
        assert store.facts(SourceFact) == [old]
        store.put([old.replace(fingerprint="2")], replace=True)
        assert store.facts(SourceFact)[0].fingerprint == "2"


def test_a_broken_transaction_leaves_nothing() -> None:
    fact = SourceFact(source_id="s", name="n", fingerprint=None, row_count=1, read_at=NOW)
    with Store(":memory:") as store:

        def break_off() -> None:
            with store.transaction():
                store.put([fact])
                store.rows("SELECT nothing FROM nowhere")

        with pytest.raises(StoreError):
            break_off()
        assert store.count("sources") == 0
        store.put([fact])
        assert store.count("sources") == 1


def test_views_are_there_for_a_reader(tmp_path: Path) -> None:
    Store(tmp_path / "s.duckdb").close()
    with Store(tmp_path / "s.duckdb", read_only=True) as store:
        for view in ("task_states", "record_states", "votes", "current_annotations", "events"):
            assert store.count(view) == 0


@pytest.mark.parametrize("view", re.findall(r"TEMP VIEW (\w+)", VIEWS))
def test_each_view_can_be_asked_for_first_and_alone(view: str) -> None:
    with Store(":memory:") as store:
        assert store.count(view) == 0


def test_views_outlive_a_transaction_that_was_rolled_back() -> None:
    with Store(":memory:") as store:
        assert store.count("votes") == 0

        def break_off() -> None:
            with store.transaction():
                assert store.count("task_states") == 0  # made within, on others that were made before
                raise KeyError("broken off")

        for _ in range(2):
            with pytest.raises(KeyError):
                break_off()
            assert (store.count("votes"), store.count("task_states"), store.count("events")) == (0, 0, 0)


def test_what_is_made_for_a_while_stands_on_views_that_nobody_asked_for_yet() -> None:
    with Store(":memory:") as store:
        store.temporary("CREATE TEMP VIEW said AS SELECT * FROM votes")

        def break_off() -> None:
            with store.transaction():
                store.temporary("CREATE TEMP VIEW mine AS SELECT * FROM task_states")
                raise KeyError("broken off")

        with pytest.raises(KeyError):
            break_off()
        assert store.count("said") == 0
        store.temporary("CREATE TEMP VIEW mine AS SELECT * FROM task_states")
        assert store.count("mine") == 0


def test_a_log_of_a_store_is_there_after_a_rolled_back_transaction() -> None:
    with Store(":memory:") as store:

        def break_off() -> None:
            with store.transaction():
                assert store.count("events") == 0
                raise KeyError("broken off")

        with pytest.raises(KeyError):
            break_off()
        assert EventLog.of_store(store).rows("FROM log") == []


def test_a_store_is_migrated_once_and_keeps_its_name(tmp_path: Path) -> None:
    with Store(tmp_path / "s.duckdb") as store:
        name = store.id
    with Store(tmp_path / "s.duckdb") as store:
        assert store.id == name
        assert store.value("SELECT count(*) FROM store_version") == len(MIGRATIONS)


def test_a_store_of_a_newer_headrace_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    Store(path).close()
    con = duckdb.connect(str(path))
    con.execute("INSERT INTO store_version VALUES (999)")
    con.close()
    with pytest.raises(StoreError, match="upgrade headrace"):
        Store(path)


def test_a_file_that_is_no_store_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "s.duckdb").write_text("hello, I am a text file" * 1000)
    with pytest.raises(StoreError) as fault:
        Store(tmp_path / "s.duckdb")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "condition",
    [
        "domain = ",
        "nope = 1",
        "1=1); select (1",
        "1=1; drop table records",
        "record_id IN (SELECT * FROM read_text('x'))",
        "1=1) UNION SELECT record_id FROM records WHERE (1=1",
        "record_id IN (SELECT email FROM people)",
        "(SELECT count(*) FROM range(10)) > 1",
    ],
)
def test_a_condition_that_is_none_is_refused(condition: str) -> None:
    with Store(":memory:") as store, pytest.raises(ProjectError, match=r"tasks\.0\.where"):
        store.check_condition(condition, "tasks.0.where")


@pytest.mark.parametrize(
    "condition", ["domain = 'coding'", "language IN ('en', 'zh') AND candidates > 1", "true"]
)
def test_a_condition_on_records_is_taken(condition: str) -> None:
    with Store(":memory:") as store:
        store.check_condition(condition, "tasks.0.where")


def test_no_query_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with Store(":memory:") as store, pytest.raises(StoreError):
        store.rows(f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")  # noqa: S608 - the attack


def test_records_can_be_asked_for_by_what_they_are() -> None:
    assert {"domain", "language", "programming_language", "topic", "difficulty", "license", "dataset"} <= set(
        RecordFact.model_fields
    )


def test_either_of_the_databases_words_for_an_interruption_is_one_and_no_other_fault_is() -> None:
    with pytest.raises(KeyboardInterrupt), _interruptions():
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError, match="something else"), _interruptions():
        raise RuntimeError("something else")


def test_an_interruption_while_the_database_works_is_an_interruption() -> None:
    with Store(":memory:") as store:
        timer = threading.Timer(0.5, store._con.interrupt)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            store.rows("SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range <> b.range")
        timer.join()


def test_a_view_is_held_within_and_follows_the_facts_again_afterwards() -> None:
    with Store(":memory:") as store:
        filled = Filled(store)
        filled.task()
        with store.held("task_facts"):
            assert store.count("standing_tasks") == 1
            filled.task()
            assert store.count("standing_tasks") == 1
        assert store.count("standing_tasks") == store.count("task_facts") == 2
        with store.held("task_facts"):
            assert store.count("task_states") == 2


def test_a_table_goes_in_as_facts_do() -> None:
    with Store(":memory:") as store:
        facts = [
            SourceFact(source_id=f"s{n}", name="a", fingerprint=None, row_count=n, read_at=NOW)
            for n in range(3)
        ]
        assert store.put_table(SourceFact, table_of(SourceFact, facts[:2])) == 2
        assert store.put_table(SourceFact, table_of(SourceFact, [facts[1].replace(name="b"), facts[2]])) == 1
        assert store.facts(SourceFact) == facts
        assert (
            store.put_table(SourceFact, table_of(SourceFact, [facts[1].replace(name="b")]), replace=True) == 1
        )
        assert store.facts(SourceFact)[1].name == "b"
        assert store.put_table(SourceFact, table_of(SourceFact, facts).slice(0, 0)) == 0
