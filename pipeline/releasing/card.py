"""The dataset card: a release in words, with the front matter that the Hugging Face Hub reads."""

import json
from typing import Any

from pipeline.releasing.sets import classes
from tasks import task_types

SIMULATED = """
> **Simulated labels.** {labels} of the {all} labels{decided} behind this release come from simulated annotators, not
> from people. Use it to try the pipeline, never to train or to evaluate a model.
"""


COMPARED = (
    "Agreement is that of the votes, the mean over all tasks compared, 1.00 being no difference. The disputed ones, "
    "which are not in this release, and the adjudicated ones, whose label is one person's decision, count too."
)
LOOKED = (
    "All {rows:,} rows were held against benchmarks that models are measured by; {leaks:,} of them hold a passage of "
    "one, or most of an item. Translations and deep paraphrases are not found this way."
)

BY_MACHINE = (
    "{by_machine:,} of the {tasks:,} labels are no person's: a check decided them, with certainty by its own rule. "
    "`headrace lineage` names it for each row; `headrace report` says how often people who were asked all the same "
    "found otherwise."
)


def card(manifest: dict[str, Any]) -> str:
    """The text of a release's README.md; every word of it follows from the manifest."""
    counts = manifest["counts"]
    body = [f"# {manifest['name']} {manifest['version']}"]
    if manifest["simulated"]:
        body.append(_simulated(counts))
    body.append(
        f"{counts['rows']:,} rows from {counts['labels']:,} labels by {counts['annotators']:,} annotators "
        f"on {counts['tasks']:,} tasks, made of {counts['records']:,} records."
        + _passed(counts)
        + (f" Adjudicators decided {counts['decisions']:,} of the tasks." if counts["decisions"] else "")
    )
    asked = _table(
        ("task type", "version", "rows", "released", "compared", "disputed", "adjudicated", "agreement"),
        _asked(manifest),
    )
    body.append(f"## What was asked\n\n{asked}\n\n{COMPARED}")
    if counts.get("by_machine"):
        body.append(f"## Decided by machines\n\n{BY_MACHINE.format(**counts)}")
    body.append("## Splits\n\n" + _table(("split", "rows"), manifest["splits"].items()))
    if sets := _sets(manifest):
        body.append("## File sets\n\n" + _table(("file set", "rows", "holds"), sets))
    if looked := manifest.get("contamination"):
        body.append(f"## Benchmarks\n\n{LOOKED.format(**looked)}")
    for title, key in (
        ("Sources", "sources"),
        ("Licences of the sources", "licenses"),
        ("Languages", "languages"),
    ):
        body.append(f"## {title}\n\n" + _table((key[:-1], "records"), manifest[key].items()))
    body.append(
        "## How to check it\n\n"
        "`manifest.json` lists every file with its sha256. `headrace lineage ROW` leads from a row's `id` to the "
        "annotations behind it. Annotators stand under pseudonyms."
    )
    return f"---\n{_front_matter(manifest)}---\n\n" + "\n\n".join(body) + "\n"


def _simulated(counts: dict[str, Any]) -> str:
    made_up = counts["simulated_decisions"]
    decided = f", and {made_up} of the {counts['decisions']} adjudicators' decisions," if made_up else ""
    return SIMULATED.format(labels=counts["simulated_labels"], all=counts["labels"], decided=decided).strip()


def _passed(counts: dict[str, Any]) -> str:
    passed = counts.get("passed", 0)
    return (
        f" {passed:,} more questions were passed over, with a reason, and make no row of data."
        if passed
        else ""
    )


def _asked(manifest: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (
            f"{task_types()[kind['name']].title} (`{kind['name']}`)",
            kind["version"],
            kind["rows"],
            kind["tasks"],
            kind["compared"],
            kind["disputed"],
            kind["adjudicated"],
            "" if kind["mean_agreement"] is None else f"{kind['mean_agreement']:.2f}",
        )
        for kind in manifest["task_types"]
    ]


def _sets(manifest: dict[str, Any]) -> list[tuple[object, ...]]:
    """The file sets, of the task types that have several."""
    return [
        (f"`{name}`", count, (classes(task_types()[kind["name"]])[name].__doc__ or "").splitlines()[0])
        for kind in manifest["task_types"]
        for name, count in kind.get("sets", {}).items()
    ]


def _table(head: tuple[str, ...], rows: Any) -> str:  # noqa: ANN401 - any rows of cells
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _front_matter(manifest: dict[str, Any]) -> str:
    """YAML, whose strings are written as JSON: every JSON string is a YAML string."""
    lines = [f"pretty_name: {json.dumps(manifest['name'])}"]
    languages = [name for name in manifest["languages"] if name != "unknown"]
    lines += ["language:", *(f"- {json.dumps(name)}" for name in languages)] if languages else []
    licenses = list(manifest["licenses"])
    known = len(licenses) == 1 and licenses[0] != "unknown"
    lines.append(f"license: {json.dumps(licenses[0].lower() if known else 'other')}")
    made = "machine-generated" if manifest["simulated"] else "crowdsourced"
    lines += ["annotations_creators:", f"- {made}"]
    lines += ["tags:", "- headrace", *(["- simulated"] if manifest["simulated"] else [])]
    lines += ["configs:"] if manifest["files"] else []
    names = [name for kind in manifest["task_types"] for name in kind.get("sets", [kind["name"]])]
    for name in names:
        paths = [file["path"] for file in manifest["files"] if file["path"].startswith(f"{name}/")]
        parquet = [path for path in paths if path.endswith(".parquet")]
        if not parquet:
            continue
        lines += [f"- config_name: {name}", "  data_files:"]
        for path in parquet:
            split = path.split("/")[1].removesuffix(".parquet")
            lines += [f"  - split: {json.dumps(split)}", f"    path: {json.dumps(path)}"]
    return "\n".join(lines) + "\n"
