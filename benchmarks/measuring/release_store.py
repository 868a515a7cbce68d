"""A store of settled preference pairs, made by bulk SQL: two votes each, every row with texts of its own.

Rows are made by the pipeline's own code; prompts have their splits already.
"""

from pathlib import Path

from pipeline.store import Store, StorePlace

PROJECT = """
name = "large"

[[tasks]]
type = "preference_pair"
overlap = 2

[release]
splits = { train = 0.9, test = 0.1 }
"""
CHUNK = 100_000
SAID = """
CREATE OR REPLACE TEMP TABLE words AS
SELECT list(substr(md5('word' || k), 1, 2 + k % 8) ORDER BY k) AS words FROM range(2000) t(k);
CREATE OR REPLACE TEMP MACRO drawn(n) AS ((n * 2654435761) % 4294967296 // 65537 % 2000)::INTEGER;
CREATE OR REPLACE TEMP MACRO said(seed, many) AS (SELECT array_to_string(list_transform(range(many),
    lambda k: words[1 + drawn(seed * 1000 + k) * drawn(seed * 1000 + k + 7) // 2000]), ' ') FROM words)
"""
"""Words of two to nine letters, some more frequent than others: zstd makes them about as small as it does prose."""
TASKS = """
CREATE OR REPLACE TEMP TABLE asked AS
SELECT i, md5('record' || i) AS record_id, md5('prompt' || i) AS prompt_id, md5('task' || i) AS task_id,
    md5('one' || i) AS one, md5('two' || i) AS two,
    said(3 * i, 50) AS prompt, said(3 * i + 1, 160) AS answer_a, said(3 * i + 2, 160) AS answer_b,
    TIMESTAMPTZ '2026-03-02 00:00:00+00' + to_seconds(i) AS moment, 1 + i % 3 AS preference
FROM range({first}, {last}) t(i);
CREATE OR REPLACE TEMP TABLE told AS
SELECT *, to_json({{'escape': NULL, 'preference': preference, 'aspects': [], 'reason': ''}})::VARCHAR AS label
FROM asked;
INSERT INTO records
SELECT record_id, prompt_id, 'reasoning', 'en', NULL, NULL, NULL, 'MIT', 'problems.jsonl', 2,
    to_json({{'prompt': prompt, 'domain': 'reasoning', 'language': 'en',
        'candidates': [{{'text': answer_a}}, {{'text': answer_b}}], 'license': 'MIT',
        'source': {{'dataset': 'problems.jsonl', 'split': 'train', 'row': i}}}})::VARCHAR, moment
FROM asked;
INSERT INTO tasks (task_id, item_id, task_type, version, cell, attempt, overlap, payload, generated_at)
SELECT task_id, md5('item' || i), 'preference_pair', {version}, 'en/preference_pair', 1, 2,
    to_json({{'prompt': prompt, 'answer_a': answer_a, 'answer_b': answer_b, 'aspects': []}})::VARCHAR, moment
FROM asked;
INSERT INTO record_tasks SELECT record_id, task_id FROM asked;
INSERT INTO annotations (revision_id, annotation_id, task_id, annotator, server, remote_id, result, lead_seconds,
    skipped, deleted, simulated, created_at, updated_at, synced_at)
SELECT unnest([one, two]), md5(unnest([one, two])), task_id, 'ann-' || (i + unnest([0, 1])) % 50, 's',
    2 * i + unnest([0, 1]), '[]', 30 + i % 90, false, false, false, moment, moment, moment
FROM told;
INSERT INTO labels SELECT unnest([one, two]), md5(unnest([one, two])), task_id,
    'ann-' || (i + unnest([0, 1])) % 50, label, false, moment FROM told;
INSERT INTO resolutions (resolution_id, task_id, payload, method, agreement, votes, revisions, simulated, resolved_at,
    guideline)
SELECT md5('settled' || i), task_id, label, 'unanimous', 1.0, 2, [one, two], false, moment, '' FROM told;
INSERT INTO prompt_splits
SELECT prompt_id, CASE WHEN i % 10 = 0 THEN 'test' ELSE 'train' END, prompt_id, moment FROM asked
"""


def make(folder: Path, rows: int, first: int = 0) -> None:
    """A project folder with so many settled tasks, or that many more of them."""
    from tasks import task_types

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    version = task_types()["preference_pair"].version
    with StorePlace(folder).writing("make") as store:
        for statement in SAID.split(";\n"):
            store.temporary(statement)
        for begin in range(first, first + rows, CHUNK):
            _some(store, begin, min(begin + CHUNK, first + rows), version)


def _some(store: Store, first: int, last: int, version: int) -> None:
    for statement in TASKS.format(first=first, last=last, version=version).split(";\n"):
        store.temporary(statement)
