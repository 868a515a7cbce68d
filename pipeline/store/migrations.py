"""The store's tables, as a list of functions: number n brings a store from version n to n + 1.

A function that has shipped is never changed; a new one is appended.
"""

import secrets
import uuid
from collections.abc import Callable

import duckdb


def m001_tables(con: duckdb.DuckDBPyConnection) -> None:
    """The first tables: from a record to a release."""
    con.execute("""
    CREATE TABLE store_identity (store_id VARCHAR NOT NULL);
    CREATE TABLE records (
        record_id VARCHAR PRIMARY KEY, prompt_id VARCHAR NOT NULL, domain VARCHAR NOT NULL, language VARCHAR,
        programming_language VARCHAR, topic VARCHAR, difficulty VARCHAR, license VARCHAR, dataset VARCHAR,
        candidates BIGINT NOT NULL, payload VARCHAR NOT NULL, ingested_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE sources (
        source_id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, fingerprint VARCHAR, row_count BIGINT NOT NULL,
        read_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE generated (
        record_id VARCHAR, task_type VARCHAR, version BIGINT, items BIGINT NOT NULL,
        generated_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (record_id, task_type, version));
    CREATE TABLE tasks (
        task_id VARCHAR PRIMARY KEY, item_id VARCHAR NOT NULL, task_type VARCHAR NOT NULL, version BIGINT NOT NULL,
        cell VARCHAR NOT NULL, attempt BIGINT NOT NULL, overlap BIGINT NOT NULL, payload VARCHAR NOT NULL,
        generated_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE record_tasks (record_id VARCHAR, task_id VARCHAR, PRIMARY KEY (record_id, task_id));
    CREATE TABLE remote_projects (
        server VARCHAR, cell VARCHAR, task_type VARCHAR, version BIGINT, project_id BIGINT NOT NULL,
        made_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (server, cell, task_type, version));
    CREATE TABLE pushes (
        task_id VARCHAR PRIMARY KEY, server VARCHAR NOT NULL, project_id BIGINT NOT NULL,
        remote_task_id BIGINT NOT NULL, pushed_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE people (
        annotator VARCHAR PRIMARY KEY, server VARCHAR NOT NULL, person_id BIGINT NOT NULL, email VARCHAR NOT NULL,
        name VARCHAR NOT NULL, simulated BOOLEAN NOT NULL, seen_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE annotations (
        revision_id VARCHAR PRIMARY KEY, annotation_id VARCHAR NOT NULL, task_id VARCHAR NOT NULL,
        annotator VARCHAR NOT NULL, server VARCHAR NOT NULL, remote_id BIGINT NOT NULL, result VARCHAR NOT NULL,
        lead_seconds DOUBLE, skipped BOOLEAN NOT NULL, deleted BOOLEAN NOT NULL, simulated BOOLEAN NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, updated_at TIMESTAMPTZ NOT NULL, synced_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE syncs (
        server VARCHAR, project_id BIGINT, seen_until TIMESTAMPTZ, synced_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (server, project_id));
    CREATE TABLE labels (
        revision_id VARCHAR PRIMARY KEY, annotation_id VARCHAR NOT NULL, task_id VARCHAR NOT NULL,
        annotator VARCHAR NOT NULL, payload VARCHAR NOT NULL, simulated BOOLEAN NOT NULL,
        checked_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE rejects (
        reject_id VARCHAR PRIMARY KEY, stage VARCHAR NOT NULL, subject VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        detail VARCHAR NOT NULL, evidence VARCHAR NOT NULL, rejected_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE resolutions (
        resolution_id VARCHAR PRIMARY KEY, task_id VARCHAR NOT NULL, payload VARCHAR, method VARCHAR NOT NULL,
        agreement DOUBLE, votes BIGINT NOT NULL, revisions VARCHAR[] NOT NULL, simulated BOOLEAN NOT NULL,
        resolved_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE releases (
        version VARCHAR PRIMARY KEY, digest VARCHAR NOT NULL, row_count BIGINT NOT NULL, simulated BOOLEAN NOT NULL,
        facts_until TIMESTAMPTZ, made_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE release_members (
        version VARCHAR, task_id VARCHAR, resolution_id VARCHAR NOT NULL, row_count BIGINT NOT NULL,
        PRIMARY KEY (version, task_id));
    CREATE TABLE release_rows (
        version VARCHAR, row_id VARCHAR, task_id VARCHAR NOT NULL, task_type VARCHAR NOT NULL,
        split VARCHAR NOT NULL, payload VARCHAR NOT NULL, PRIMARY KEY (version, row_id));
    CREATE TABLE runs (
        run_id VARCHAR PRIMARY KEY, stage VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL,
        ended_at TIMESTAMPTZ NOT NULL, done BIGINT NOT NULL, skipped BIGINT NOT NULL, rejected VARCHAR NOT NULL,
        error VARCHAR);
    """)
    con.execute("INSERT INTO store_identity VALUES (?)", [uuid.uuid4().hex[:16]])


def m002_steering(con: duckdb.DuckDBPyConnection) -> None:
    """What is wanted of the labeling and what went otherwise; adjudication; what Label Studio said last."""
    con.execute("""
    ALTER TABLE tasks ADD COLUMN audit BOOLEAN DEFAULT false;
    ALTER TABLE people ADD COLUMN forgotten_at TIMESTAMPTZ;
    ALTER TABLE annotations ADD COLUMN edited_by VARCHAR;
    ALTER TABLE annotations ADD COLUMN lost BOOLEAN DEFAULT false;
    ALTER TABLE syncs ADD COLUMN stamp VARCHAR;
    ALTER TABLE syncs ADD COLUMN strangers BIGINT DEFAULT 0;
    ALTER TABLE resolutions ADD COLUMN guideline VARCHAR;
    ALTER TABLE resolutions ADD COLUMN posterior DOUBLE;
    CREATE TABLE labeling_projects (
        server VARCHAR, cell VARCHAR, task_type VARCHAR, version BIGINT, purpose VARCHAR, project_id BIGINT NOT NULL,
        made_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (server, cell, task_type, version, purpose));
    UPDATE syncs SET seen_until = NULL;  -- what Label Studio says of each task is read once from the start
    INSERT INTO labeling_projects
        SELECT server, cell, task_type, version, 'label', project_id, made_at FROM remote_projects;
    DROP TABLE remote_projects;
    ALTER TABLE labeling_projects RENAME TO remote_projects;
    CREATE TABLE asks (
        task_id VARCHAR, votes BIGINT NOT NULL, reason VARCHAR NOT NULL, posterior DOUBLE, asked_at TIMESTAMPTZ,
        PRIMARY KEY (task_id, asked_at));
    CREATE TABLE redos (
        task_id VARCHAR PRIMARY KEY, reason VARCHAR NOT NULL, condition VARCHAR NOT NULL,
        redone_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE withdrawals (
        record_id VARCHAR PRIMARY KEY, reason VARCHAR NOT NULL, condition VARCHAR NOT NULL,
        withdrawn_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE removals (
        server VARCHAR, project_id BIGINT, remote_task_id BIGINT, task_id VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        removed_at TIMESTAMPTZ, PRIMARY KEY (server, project_id, remote_task_id, removed_at));
    CREATE TABLE cell_pauses (
        cell VARCHAR, paused BOOLEAN NOT NULL, reason VARCHAR NOT NULL, set_at TIMESTAMPTZ,
        PRIMARY KEY (cell, set_at));
    CREATE TABLE person_pauses (
        annotator VARCHAR, paused BOOLEAN NOT NULL, redo_since TIMESTAMPTZ, reason VARCHAR NOT NULL,
        set_at TIMESTAMPTZ, PRIMARY KEY (annotator, set_at));
    CREATE TABLE guidelines (
        task_type VARCHAR, version VARCHAR NOT NULL, text VARCHAR NOT NULL, since TIMESTAMPTZ,
        PRIMARY KEY (task_type, since));
    CREATE TABLE sends (
        send_id VARCHAR PRIMARY KEY, server VARCHAR NOT NULL, project_id BIGINT NOT NULL, task_ids VARCHAR[] NOT NULL,
        sent_at TIMESTAMPTZ NOT NULL, answered_at TIMESTAMPTZ);
    CREATE TABLE remote_states (
        task_id VARCHAR PRIMARY KEY, overlap BIGINT NOT NULL, closed BOOLEAN NOT NULL, gone BOOLEAN NOT NULL,
        submitted BIGINT NOT NULL, voters BIGINT NOT NULL,
        updated_at TIMESTAMPTZ, seen_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE doubles (
        server VARCHAR, project_id BIGINT, remote_task_id BIGINT, task_id VARCHAR NOT NULL,
        found_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (server, project_id, remote_task_id));
    CREATE TABLE adjudications (
        adjudication_id VARCHAR PRIMARY KEY, task_id VARCHAR NOT NULL, revisions VARCHAR[] NOT NULL,
        asked_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE decisions (
        revision_id VARCHAR PRIMARY KEY, annotation_id VARCHAR NOT NULL, adjudication_id VARCHAR NOT NULL,
        task_id VARCHAR NOT NULL, adjudicator VARCHAR NOT NULL, payload VARCHAR, reason VARCHAR NOT NULL,
        simulated BOOLEAN NOT NULL, checked_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE findings (
        finding_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, cell VARCHAR, task_id VARCHAR,
        annotator VARCHAR, revision_id VARCHAR, void BOOLEAN NOT NULL, detail VARCHAR NOT NULL,
        evidence VARCHAR NOT NULL, found_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE adopted_projects (
        server VARCHAR, project_id BIGINT, title VARCHAR NOT NULL, task_type VARCHAR, seen_until TIMESTAMPTZ,
        adopted_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (server, project_id));
    CREATE TABLE adopted_labels (
        label_id VARCHAR PRIMARY KEY, server VARCHAR NOT NULL, project_id BIGINT NOT NULL, item VARCHAR NOT NULL,
        annotator VARCHAR NOT NULL, dimension VARCHAR NOT NULL, label VARCHAR NOT NULL, ts TIMESTAMPTZ NOT NULL,
        lead_seconds DOUBLE, annotation_id BIGINT NOT NULL, gone BOOLEAN NOT NULL);
    """)


def m003_watching(con: duckdb.DuckDBPyConnection) -> None:
    """What `watch` keeps of the flow, and the alerts that it raised."""
    con.execute("""
    CREATE TABLE flow_snapshots (
        taken_at TIMESTAMPTZ PRIMARY KEY, sentence VARCHAR NOT NULL, cause VARCHAR NOT NULL, subject VARCHAR,
        load DOUBLE, probabilities VARCHAR NOT NULL, open_hours VARCHAR NOT NULL);
    CREATE TABLE alerts (
        alert_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, said VARCHAR NOT NULL,
        raised_at TIMESTAMPTZ NOT NULL);
    """)


def m004_prefills(con: duckdb.DuckDBPyConnection) -> None:
    """What pages start from."""
    con.execute("""
    CREATE TABLE prefills (
        task_id VARCHAR PRIMARY KEY, source VARCHAR NOT NULL, payload VARCHAR NOT NULL,
        filled_at TIMESTAMPTZ NOT NULL);
    """)


def m005_door(con: duckdb.DuckDBPyConnection) -> None:
    """What the door tells, known answers, and what annotators dispute."""
    con.execute("""
    CREATE TABLE door_events (
        event_id VARCHAR PRIMARY KEY, ts TIMESTAMPTZ NOT NULL, event VARCHAR NOT NULL, annotator VARCHAR NOT NULL,
        uid VARCHAR, cell VARCHAR, slot BIGINT, open_seconds DOUBLE, active_seconds DOUBLE, reason VARCHAR,
        why VARCHAR, simulated BOOLEAN NOT NULL);
    CREATE TABLE gold (
        task_id VARCHAR, purpose VARCHAR NOT NULL, payload VARCHAR, clause VARCHAR, said_by VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, put_at TIMESTAMPTZ, PRIMARY KEY (task_id, put_at));
    CREATE TABLE disputes (
        dispute_id VARCHAR PRIMARY KEY, annotator VARCHAR NOT NULL, task_id VARCHAR NOT NULL, about VARCHAR NOT NULL,
        remark VARCHAR NOT NULL, disputed_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE dispute_answers (
        dispute_id VARCHAR, upheld BOOLEAN NOT NULL, remark VARCHAR NOT NULL,
        answered_by VARCHAR NOT NULL, answered_at TIMESTAMPTZ, PRIMARY KEY (dispute_id, answered_at));
    """)


def m006_screening(con: duckdb.DuckDBPyConnection) -> None:
    """The corpus, what was screened, and what machines found out."""
    con.execute("""
    CREATE TABLE shards (
        shard VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, position BIGINT NOT NULL, row_count BIGINT NOT NULL,
        known BIGINT NOT NULL, rejected BIGINT NOT NULL, read_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE screened (
        record_id VARCHAR PRIMARY KEY, admitted_as VARCHAR, shard VARCHAR NOT NULL, position BIGINT NOT NULL,
        ingested_at TIMESTAMPTZ NOT NULL, started_at TIMESTAMPTZ NOT NULL, screened_at TIMESTAMPTZ NOT NULL,
        screened_by VARCHAR NOT NULL, verdict VARCHAR NOT NULL, screen VARCHAR);
    CREATE TABLE noted (
        record_id VARCHAR, screen VARCHAR, verdict VARCHAR NOT NULL, reason VARCHAR NOT NULL, evidence VARCHAR NOT NULL,
        noted_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (record_id, screen));
    CREATE TABLE evidence (
        record_id VARCHAR, "check" VARCHAR, candidate BIGINT, outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL,
        "by" VARCHAR, seconds DOUBLE, checked_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (record_id, "check", candidate, "by"));
    """)


def m007_releases(con: duckdb.DuckDBPyConnection) -> None:
    """How sure labels are, the rows they make, where prompts belong, who signed, and what was held back."""
    con.execute("""
    CREATE TABLE annotator_models (
        task_type VARCHAR, version BIGINT, method VARCHAR NOT NULL, why VARCHAR NOT NULL, votes BIGINT NOT NULL,
        gold BIGINT NOT NULL, known VARCHAR NOT NULL, payload VARCHAR NOT NULL, learned_at TIMESTAMPTZ,
        PRIMARY KEY (task_type, version, learned_at));
    CREATE TABLE truths (
        resolution_id VARCHAR, task_id VARCHAR NOT NULL, method VARCHAR NOT NULL, posterior DOUBLE,
        others VARCHAR NOT NULL, differ BIGINT NOT NULL, told_at TIMESTAMPTZ, PRIMARY KEY (resolution_id, told_at));
    CREATE TABLE made (
        made_id VARCHAR PRIMARY KEY, task_id VARCHAR NOT NULL, task_type VARCHAR NOT NULL, version BIGINT NOT NULL,
        recipe VARCHAR NOT NULL, whole VARCHAR, place BIGINT NOT NULL, resolutions VARCHAR[] NOT NULL,
        made_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE made_rows (
        made_id VARCHAR, row_id VARCHAR, row_hash VARCHAR, recipe VARCHAR NOT NULL, file_set VARCHAR NOT NULL,
        talks BOOLEAN NOT NULL, payload VARCHAR NOT NULL, payload_bytes BIGINT NOT NULL, task_id VARCHAR NOT NULL,
        task_type VARCHAR NOT NULL, version BIGINT NOT NULL, cell VARCHAR NOT NULL, attempt BIGINT NOT NULL,
        simulated BOOLEAN NOT NULL, decided_by VARCHAR NOT NULL, votes BIGINT NOT NULL, agreement DOUBLE,
        posterior DOUBLE, method VARCHAR NOT NULL, guideline VARCHAR, votes_id VARCHAR NOT NULL,
        PRIMARY KEY (made_id, row_id, row_hash));
    CREATE TABLE record_origins (
        record_id VARCHAR NOT NULL, dataset VARCHAR, config VARCHAR, split VARCHAR, revision VARCHAR,
        source_row VARCHAR, license VARCHAR, language VARCHAR);
    CREATE TABLE release_salt (salt VARCHAR NOT NULL);
    ALTER TABLE releases ADD COLUMN content VARCHAR;
    ALTER TABLE releases ADD COLUMN manifest VARCHAR;
    ALTER TABLE releases ADD COLUMN papers VARCHAR;
    -- without keys: a version's rows are put at once, and an index takes longer than the rows
    CREATE TABLE members AS FROM release_members;
    DROP TABLE release_members;
    ALTER TABLE members RENAME TO release_members;
    CREATE TABLE frozen AS SELECT *, NULL::VARCHAR AS row_hash, NULL::VARCHAR AS file_set, NULL::VARCHAR AS made_id,
        NULL::VARCHAR AS prompt_id, NULL::VARCHAR[] AS records, NULL::VARCHAR AS method, NULL::DOUBLE AS posterior
    FROM release_rows;
    DROP TABLE release_rows;
    ALTER TABLE frozen RENAME TO release_rows;
    CREATE TABLE prompt_splits (
        prompt_id VARCHAR PRIMARY KEY, split VARCHAR NOT NULL, cluster VARCHAR NOT NULL,
        set_at TIMESTAMPTZ NOT NULL);
    CREATE TABLE signatures (
        version VARCHAR, digest VARCHAR NOT NULL, signer VARCHAR, role VARCHAR NOT NULL, exception VARCHAR,
        waived VARCHAR[] NOT NULL, signed_at TIMESTAMPTZ, PRIMARY KEY (version, signer, signed_at));
    CREATE TABLE assessments (
        assessed_at TIMESTAMPTZ PRIMARY KEY, votes BIGINT NOT NULL, payload VARCHAR NOT NULL);
    CREATE TABLE held_back (
        version VARCHAR, row_id VARCHAR, task_id VARCHAR NOT NULL, reason VARCHAR NOT NULL, detail VARCHAR NOT NULL,
        PRIMARY KEY (version, row_id));
    """)
    con.execute("INSERT INTO release_salt VALUES (?)", [secrets.token_hex(16)])


MIGRATIONS: tuple[Callable[[duckdb.DuckDBPyConnection], None], ...] = (
    m001_tables,
    m002_steering,
    m003_watching,
    m004_prefills,
    m005_door,
    m006_screening,
    m007_releases,
)
