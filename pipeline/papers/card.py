"""The dataset card: a release in words, with what one must know of it first, and the Hub's front matter."""

import json
from collections.abc import Collection, Iterator

from pipeline.papers import card_contents, card_quality
from pipeline.papers.estimates import ALL, DOUBT, ERROR, NOBODY_LOOKED, by_name
from pipeline.papers.front_matter import PASSED, Columns, Sizes, front_matter
from pipeline.papers.markdown import plain
from pipeline.papers.words import day, of_all, percent, plural
from schemas.manifest import Estimate, Manifest

PREVIEW = "> **Preview.** A look at what would be released: no gate has been kept, nobody signs it. Not for training."
SIMULATED = """
> **Simulated labels.** {labels:,} of the {all:,} labels{decided} behind this release come from simulated annotators,
> not from people. Use it to try the pipeline, never to train or to evaluate a model.
"""


def card(manifest: Manifest, columns: Columns, sizes: Sizes, pictures: Collection[str] = ()) -> str:
    """The text of a release's README.md; every word of it follows from the manifest and the columns of its files."""
    preview = " (preview, not a release)" if manifest.preview else ""
    parts = [
        f"# {manifest.name} {manifest.version}{preview}",
        "\n".join(f"- {line}" for line in first(manifest)),
    ]
    if manifest.preview:
        parts.append(PREVIEW)
    if manifest.simulated:
        parts.append(_simulated(manifest))
    if manifest.about.description:
        parts.append(manifest.about.description)
    parts += [_holds(manifest), _loading(manifest)]
    parts += [*card_quality.sections(manifest, pictures), *card_contents.sections(manifest)]
    return f"---\n{front_matter(manifest, columns, sizes)}---\n\n" + "\n\n".join(parts) + "\n"


def first(manifest: Manifest) -> Iterator[str]:
    """The five lines that nobody should miss."""
    counts = manifest.counts
    figures = by_name(manifest.estimates)
    yield f"**Estimated error:** {_error(figures.get((ERROR, ALL)), figures.get((DOUBT, ALL)))}"
    yield f"**Decided by machine:** {of_all(counts.by.get('machine', 0), counts.rows, 'rows')}."
    yield f"**By one vote alone:** {of_all(counts.votes.get('1', 0), counts.rows, 'rows')}."
    if manifest.simulated:
        made_up = of_all(counts.simulated_rows, counts.rows, "rows")
        yield f"**Simulated:** yes: {made_up} have a simulated voice in them."
    else:
        yield "**Simulated:** no; every label is a person's or a check's."
    yield f"**Exceptions:** {_exceptions(manifest)}"


def _error(found: Estimate | None, doubt: Estimate | None) -> str:
    if found is None or found.value is None:
        left = (
            ""
            if doubt is None or doubt.value is None
            else f" The votes themselves leave {percent(doubt.value)} open."
        )
        return f"not known; {found.said if found else NOBODY_LOOKED}.{left}"
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f" ({percent(found.low)} to {percent(found.high)}, 95 times in 100)"
    return f"{percent(found.value)} of the labels{interval}; {found.said}."


def _exceptions(manifest: Manifest) -> str:
    excepted = [gate for gate in manifest.policies.gates if not gate.met and gate.exception is not None]
    short = [gate.name for gate in manifest.policies.gates if not gate.met and gate.exception is None]
    if not excepted:
        return f"none signed; it falls short of {', '.join(short)}." if short else "none."
    by = {
        one.exception or "": f"{one.role}, {day(one.signed_at)}"
        for one in manifest.signatures
        if one.exception
    }
    told = (
        f"`{gate.name}`: {gate.said}; signed: “{plain(gate.exception or '')}” ({by.get(gate.exception or '', '')})"
        for gate in excepted
    )
    return "; ".join(told) + "."


def _simulated(manifest: Manifest) -> str:
    counts = manifest.counts
    made_up = counts.simulated_decisions
    decided = f", and {made_up:,} of the {counts.decisions:,} adjudicators' decisions," if made_up else ""
    return SIMULATED.format(labels=counts.simulated_labels, all=counts.labels, decided=decided).strip()


def _holds(manifest: Manifest) -> str:
    counts = manifest.counts
    text = (
        f"{plural(counts.rows, 'row')} from {plural(counts.labels, 'label')} by "
        f"{plural(counts.annotators, 'annotator')} on {plural(counts.tasks, 'task')}, made of "
        f"{plural(counts.records, 'record')}."
    )
    if counts.passed:
        text += f" {plural(counts.passed, 'more question was', 'more questions were')} passed over, with a reason."
    if counts.decisions:
        text += f" Adjudicators decided {plural(counts.decisions, 'task')}."
    if manifest.previous and manifest.bump:
        text += f" After {manifest.previous.version}: {manifest.bump.reason.rstrip('.')}."
    return text


def _loading(manifest: Manifest) -> str:
    if not manifest.sets:
        return "It has no rows."
    one = next((each for each in manifest.sets if each.row_class != PASSED), manifest.sets[0])
    split = "train" if "train" in one.splits else next(iter(one.splits))
    place = json.dumps(f"releases/{manifest.version}")
    return (
        "```python\nfrom datasets import load_dataset\n\n"
        f'rows = load_dataset({place}, "{one.name}", split="{split}")\n'
        f'# on the Hub: load_dataset("ORG/SET", "{one.name}", split="{split}", revision="{manifest.version}")\n```\n\n'
        "For a trainer's own columns: `headrace export " + manifest.version + " FORMAT`."
    )
