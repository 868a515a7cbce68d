"""The store's tables, as a list of functions: number n brings a store from version n to n + 1.

A function that has shipped is never changed; a new one is appended.
"""

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


MIGRATIONS: tuple[Callable[[duckdb.DuckDBPyConnection], None], ...] = (m001_tables,)
