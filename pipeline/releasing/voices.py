"""The votes and decisions behind the rows of a release, under pseudonyms of its own."""

from datetime import datetime
from hashlib import blake2b

from pipeline.store import Store

PSEUDONYMS = """
CREATE OR REPLACE TEMP TABLE pseudonyms AS
SELECT unnest(?::VARCHAR[]) AS annotator, unnest(?::VARCHAR[]) AS pseudonym
"""
VOICES = """
CREATE OR REPLACE TEMP TABLE voices AS
WITH parts AS (  -- votes on a part stand under the task that the row of the whole stands under
    SELECT unnest(resolutions) AS resolution_id, task_id FROM made SEMI JOIN candidate USING (made_id)
    WHERE len(resolutions) > 1),
said AS (
    SELECT coalesce(p.task_id, m.task_id) AS task_id, unnest(r.revisions) AS revision_id,
        r.method = 'adjudicated' AS decision
    FROM members m JOIN resolutions r USING (resolution_id) LEFT JOIN parts p USING (resolution_id))
SELECT task_id, revision_id, decision, true AS counted FROM said
UNION ALL  -- the votes that an adjudicator saw are behind the row too
SELECT s.task_id, unnest(j.revisions), false, false
FROM said s JOIN decisions d USING (revision_id) JOIN adjudications j USING (adjudication_id) WHERE s.decision
"""
VOTES = """
SELECT v.task_id, a.annotation_id, v.revision_id, p.pseudonym AS annotator,
    CASE WHEN v.decision THEN 'decision' ELSE 'vote' END AS role, v.counted,
    coalesce(d.payload, l.payload) AS label, coalesce(d.reason, '') AS reason, {guideline} AS guideline_version,
    a.created_at, a.lead_seconds, a.simulated
FROM voices v JOIN annotations a USING (revision_id) JOIN pseudonyms p USING (annotator)
LEFT JOIN labels l ON l.revision_id = v.revision_id LEFT JOIN decisions d ON d.revision_id = v.revision_id {spans}
ORDER BY v.task_id, a.created_at, v.revision_id
"""
SPANS = """
JOIN tasks t ON t.task_id = v.task_id
LEFT JOIN guideline_spans g ON g.task_type = t.task_type AND a.created_at >= g.since AND a.created_at < g.until
"""
FORGOTTEN = """
WITH said AS (
    SELECT DISTINCT unnest(r.revisions) AS revision_id FROM release_members JOIN resolutions r USING (resolution_id)),
seen AS (
    SELECT unnest(j.revisions) AS revision_id
    FROM said JOIN decisions USING (revision_id) JOIN adjudications j USING (adjudication_id))
SELECT DISTINCT annotator FROM (FROM said UNION FROM seen) JOIN annotations USING (revision_id)
SEMI JOIN (FROM people WHERE forgotten_at IS NOT NULL) gone USING (annotator)
"""


class Pseudonyms:
    """What annotators are called in releases: stable between them, and leading back to nobody without the store."""

    def __init__(self, store: Store) -> None:
        self._salt = str(store.value("SELECT salt FROM release_salt")).encode()

    def of(self, annotator: str) -> str:
        """The name of somebody whom the store knows by another pseudonym."""
        return f"p-{blake2b(annotator.encode(), key=self._salt, digest_size=8).hexdigest()}"


def know_voices(store: Store) -> None:
    """Have the votes and decisions behind what stands in `members` in the table `voices`."""
    names = Pseudonyms(store)
    known = [row["annotator"] for row in store.rows("SELECT DISTINCT annotator FROM annotations ORDER BY 1")]
    store.temporary(PSEUDONYMS, [known, [names.of(annotator) for annotator in known]])
    store.temporary(VOICES)


def votes(store: Store, until: datetime) -> str:
    """The query for votes.parquet: guidelines that came later say nothing of what was there by then."""
    if not store.value("SELECT count(*) FROM guidelines WHERE since <= ?", [until]):
        return VOTES.format(guideline="NULL::VARCHAR", spans="")
    return VOTES.format(guideline="g.version", spans=SPANS)


def forgotten(store: Store) -> tuple[str, ...]:
    """The pseudonyms, as in releases, of people in earlier ones whose name is gone for good."""
    if not store.value("SELECT count(*) FROM people WHERE forgotten_at IS NOT NULL"):
        return ()
    names = Pseudonyms(store)
    return tuple(sorted(names.of(row["annotator"]) for row in store.rows(FORGOTTEN)))
