"""What is asked of both sides, each a query whose rows are disagreements, a line each that says what to do."""

from dataclasses import dataclass

IN_DOUBT = "SELECT unnest(task_ids) FROM sends WHERE answered_at IS NULL"
AGAIN = "run headrace sync, then headrace doctor again"

LAST_PUSH = "SELECT max(started_at) FROM runs WHERE stage = 'push' AND error IS NULL"
LAST_CONCLUSION = """
SELECT max(ended_at) FROM runs WHERE stage IN ('generate', 'sync', 'check', 'resolve') AND error IS NULL
"""


@dataclass(frozen=True)
class Question:
    """One thing in which both sides should agree."""

    name: str
    agreed: str
    """What is the case where no row comes."""
    sql: str
    """Gives the column `line`."""


QUESTIONS = (
    Question(
        "projects",
        "every project of ours stands in Label Studio",
        """
        SELECT format('project {} ({}): expected in Label Studio, is gone; see who deleted it, then run headrace sync '
            'and headrace push', project_id, cell) AS line
        FROM there_projects WHERE gone
        """,
    ),
    Question(
        "tasks_missing",
        "every pushed task stands there, but for those on record as gone or taken out",
        f"""
        SELECT format('task {{}}: expected as {{}} in project {{}}, is not there; run headrace sync, which puts it on '
            'record, and headrace push', task_id, remote_task_id, project_id) AS line
        FROM pushes p ANTI JOIN there_tasks USING (project_id, remote_task_id)
        ANTI JOIN removals r ON r.project_id = p.project_id AND r.remote_task_id = p.remote_task_id
            AND r.removed_at >= p.pushed_at
        WHERE task_id NOT IN (SELECT task_id FROM remote_states WHERE gone)
            AND task_id NOT IN ({IN_DOUBT})
        """,  # noqa: S608 - our own query
    ),
    Question(
        "tasks_doubled",
        "none stands there twice, but for those on record",
        """
        SELECT format('task {} in project {}: bears the uid of {}, which stands elsewhere; run headrace sync, which '
            'puts it on record', remote_task_id, project_id, uid) AS line
        FROM beside WHERE kind = 'copied'
        """,
    ),
    Question(
        "tasks_changed",
        "every task bears the uid it was made with",
        """
        SELECT format('task {} in project {}: expected the uid {}, found {}; put it back into headrace_uid of its data',
            remote_task_id, project_id, task_id, coalesce(uid, 'none')) AS line
        FROM beside WHERE kind = 'changed'
        """,
    ),
    Question(
        "tasks_foreign",
        "no task of others stands in our projects",
        """
        SELECT format('task {} in project {}: expected tasks of headrace only, found one that somebody added; '
            'nothing on it counts, delete it there', remote_task_id, project_id) AS line
        FROM beside WHERE kind = 'foreign'
        """,
    ),
    Question(
        "tasks_unreadable",
        "every task can be read",
        """
        SELECT format('task {} in project {}: Label Studio fails on it, or an annotation there cannot be read; '
            'see headrace findings, and delete there the annotation that does it', remote_task_id, project_id) AS line
        FROM beside WHERE kind = 'unreadable'
        """,
    ),
    Question(
        "tasks_unrecorded",
        "no task stands there that we do not know to have pushed",
        f"""
        SELECT format('task {{}} in project {{}}: is {{}}, which is not on record as pushed; run headrace push',
            remote_task_id, project_id, uid) AS line
        FROM beside WHERE kind = 'unrecorded' AND uid NOT IN ({IN_DOUBT})
        """,  # noqa: S608 - our own query
    ),
    Question(
        "tasks_in_doubt",
        "no import waits to be looked up",
        """
        SELECT format('{} tasks sent to project {} at {} UTC: whether they arrived is not known; run headrace push, '
            'which looks them up', len(task_ids), project_id, strftime(sent_at, '%Y-%m-%d %H:%M:%S')) AS line
        FROM sends WHERE answered_at IS NULL
        """,
    ),
    Question(
        "tasks_taken_out",
        "what was taken out, or is on record as gone, is not there",
        """
        SELECT format('task {} in project {}: {} was taken out on {}, stands there; run headrace sync',
            t.remote_task_id, t.project_id, t.uid, strftime(r.removed_at, '%Y-%m-%d')) AS line
        FROM beside t JOIN removals r USING (project_id, remote_task_id)
        WHERE t.uid = r.task_id AND (t.since IS NULL OR t.since <= r.removed_at)
        UNION
        SELECT format('task {} in project {}: {} is on record as gone, stands there; run headrace sync',
            t.remote_task_id, t.project_id, t.uid)
        FROM beside t JOIN remote_states s ON s.task_id = t.uid
        ANTI JOIN removals r ON r.project_id = t.project_id AND r.remote_task_id = t.remote_task_id
        WHERE s.gone AND t.kind = 'ours'
        """,
    ),
    Question(
        "annotations_there",
        "every annotation there is in the store, of the same task and annotator, saying the same",
        f"""
        SELECT format('annotation {{}} of task {{}} in project {{}}: {{}}; {AGAIN}',
            remote_id, remote_task_id, project_id, otherwise) AS line
        FROM said_there WHERE otherwise IS NOT NULL AND NOT fresh
        """,  # noqa: S608 - our own query
    ),
    Question(
        "annotations_here",
        "every annotation in the store is there, but for those on record as lost",
        f"""
        SELECT format('annotation {{}} of {{}} by {{}}: is not in Label Studio; {AGAIN}',
            remote_id, task_id, annotator) AS line
        FROM said_here_alone WHERE NOT fresh
        """,  # noqa: S608 - our own query
    ),
    Question(
        "asked",
        "every task waits for as many votes as is on record",
        f"""
        SELECT format('task {{}} in project {{}}: expected to wait for {{}} votes and be {{}}, waits for {{}} and is '
            '{{}}; {AGAIN}', t.remote_task_id, t.project_id, s.overlap, if(s.closed, 'closed', 'open'),
            t.overlap, if(t.closed, 'closed', 'open')) AS line
        FROM beside t JOIN remote_states s ON s.task_id = t.uid
        WHERE t.kind = 'ours' AND NOT t.fresh AND NOT s.gone
            AND (s.overlap <> t.overlap OR s.closed <> t.closed)
        """,  # noqa: S608 - our own query
    ),
    Question(
        "steered",
        "the last push left no task asked otherwise than it should be",
        f"""
        SELECT format('task {{}} in project {{}}: should wait for {{}} votes and be {{}}; run headrace push',
            remote_task_id, project_id, want_overlap, if(want_closed, 'closed', 'open')) AS line
        FROM steering WHERE coalesce(({LAST_PUSH}) > ({LAST_CONCLUSION}), false)
        """,  # noqa: S608 - our own query
    ),
)

BEHIND = {
    "annotations not synced yet": "SELECT count(*) FROM said_there WHERE otherwise IS NOT NULL AND fresh",
    "taken back since the last sync": "SELECT count(*) FROM said_here_alone WHERE fresh",
    "annotations to check": "SELECT coalesce(sum(unchecked), 0) FROM task_facts",
    "tasks to steer": "SELECT count(*) FROM steering",
    "tasks to push": "SELECT count(*) FROM to_push",
}
"""What the stages have before them: counted, and no disagreement."""
