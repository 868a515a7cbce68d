"""Which revision of an annotation counts: as if all had been put in order, however few are."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import Store
from pipeline.store.among import among

LATEST = """
SELECT revision_id FROM annotations
QUALIFY row_number() OVER (
    PARTITION BY annotation_id ORDER BY synced_at DESC, updated_at DESC, deleted, revision_id) = 1
"""
OWN = f"""
WITH latest AS (SELECT * FROM annotations WHERE revision_id IN ({LATEST}))
SELECT a.revision_id FROM annotations a
JOIN latest l USING (annotation_id)
ANTI JOIN (SELECT revision_id FROM findings WHERE void) f ON f.revision_id = a.revision_id
ANTI JOIN (
    SELECT v.annotation_id FROM findings g JOIN annotations v USING (revision_id)
    WHERE g.void AND g.kind <> 'edited by another') o ON o.annotation_id = a.annotation_id
WHERE NOT l.deleted
QUALIFY row_number() OVER (
    PARTITION BY a.annotation_id ORDER BY a.synced_at DESC, a.updated_at DESC, a.deleted, a.revision_id) = 1
"""  # noqa: S608 - ours
EMPTY = """
DELETE FROM annotations; DELETE FROM findings
"""
REVISION = """
INSERT INTO annotations (revision_id, annotation_id, task_id, annotator, server, remote_id, result, skipped, deleted,
    simulated, created_at, updated_at, synced_at)
VALUES ($1, $2, $3, 'ann', 's', 1, '[]', false, $4, false, now(), now(), TIMESTAMPTZ '2026-01-01' + to_days($5))
"""
FINDING = """
INSERT INTO findings (finding_id, kind, subject, void, revision_id, detail, evidence, found_at)
VALUES ($1, $2, $1, true, $3, '', '{}', now())
"""


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


revisions = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.booleans(),
        st.integers(0, 3),
        st.sampled_from([None, None, "edited by another", "outside"]),
    ),
    max_size=14,
)


def fill(store: Store, found: list[tuple[int, bool, int, str | None]]) -> None:
    for statement in EMPTY.split(";"):
        store.temporary(statement)
    for at, (annotation, deleted, day, fault) in enumerate(found):
        store.temporary(REVISION, [f"r{at}", f"a{annotation}", f"t{annotation % 3}", deleted, day])
        if fault:
            store.temporary(FINDING, [f"f{at}", fault, f"r{at}"])


def ids(store: Store, sql: str) -> list[str]:
    return sorted(row["revision_id"] for row in store.rows(sql))


@given(revisions)
@settings(max_examples=20, deadline=None)
def test_what_counts_of_an_annotation_is_what_an_order_of_all_revisions_says(
    store: Store, found: list[tuple[int, bool, int, str | None]]
) -> None:
    fill(store, found)
    assert ids(store, "SELECT revision_id FROM latest_annotations") == ids(store, LATEST)
    assert ids(store, "SELECT revision_id FROM own_annotations") == ids(store, OWN)


def test_among_a_few_tasks_nothing_else_was_said(store: Store) -> None:
    fill(store, [(0, False, 0, None), (1, False, 0, None), (4, False, 0, None)])
    with among(store, "SELECT 't1' AS task_id"):
        assert ids(store, "SELECT revision_id FROM own_annotations") == ["r1", "r2"]
    assert ids(store, "SELECT revision_id FROM own_annotations") == ["r0", "r1", "r2"]
