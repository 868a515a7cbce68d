"""What stands beside an export for people, and for `datasets`, which finds the files by it."""

import json
from collections.abc import Mapping
from typing import Any

from exports.account import Account
from exports.base import ExportFormat
from exports.features import Feature


def readme(account: Account, made: ExportFormat[Any], columns: Mapping[str, list[Feature]]) -> str:
    """The export's README.md: its files as configurations, how it is loaded, and what was chosen and left out."""
    release = account.release
    name, version, content = map(_line, (release.name, release.version, release.content))
    made_of = f"the release {version} of {name}, whose content is `{content}`"
    said = [
        "---",
        *_configs(account, made.suffix),
        *_columns(account, columns),
        "---",
        "",
        f"# {name} {version} as {account.format}",
        "",
        *([WATERMARK, ""] if release.preview else []),
        *([SIMULATED, ""] if release.simulated else []),
        f"For {made.title}. Made by Headrace {account.headrace} of {made_of}.",
        "",
        *_loading(account),
        "",
        IDS,
        "",
        *_table("file set, split | rows | made", _splits(account)),
        *_table("chosen | as", [f"`{key}` | `{value!r}`" for key, value in account.choices.items()]),
        *_table(
            "left out because | rows", [f"{why} | {count:,}" for why, count in account.left_out().items()]
        ),
        *_golds(account),
    ]
    return "\n".join(said).rstrip("\n") + "\n"


WATERMARK = "> **A preview.** What it is made of was never released."
IDS = (
    "The id of each row stands in the `.row_ids.txt` beside its file, one a line in the same order; "
    "`headrace lineage ID` leads from there to the votes."
)
SIMULATED = "> **Simulated labels.** Simulated annotators had a voice in it: for trying things out, never for training."


def _configs(account: Account, suffix: str) -> list[str]:
    """The configurations, as the front matter of a dataset card has them."""
    lines = ["configs:"]
    first = True
    for name, splits in account.sets.items():
        made = [split for split, found in splits.items() if found.made]
        if not made:
            continue
        lines += [
            f"- config_name: {json.dumps(name)}",
            *(["  default: true"] if first else []),
            "  data_files:",
        ]
        for split in made:
            pattern = json.dumps(f"{name}/{split}-*{suffix}")
            lines += [f"  - split: {json.dumps(split)}", f"    path: {pattern}"]
        first = False
    return lines


def _columns(account: Account, columns: Mapping[str, list[Feature]]) -> list[str]:
    """The types of the columns; JSON is YAML too."""
    lines = ["dataset_info:"]
    for name, splits in account.sets.items():
        if any(one.made for one in splits.values()):
            lines += [
                f"- config_name: {json.dumps(name)}",
                f"  features: {json.dumps(columns[name], ensure_ascii=False)}",
            ]
    return lines


def _loading(account: Account) -> list[str]:
    sets = [name for name, splits in account.sets.items() if any(one.made for one in splits.values())]
    split = next(split for split, one in account.sets[sets[0]].items() if one.made)
    return [
        "```python",
        "from datasets import load_dataset",
        "",
        f'dataset = load_dataset("PATH/OF/THIS/FOLDER", "{sets[0]}", split="{split}")',
        "```",
    ]


def _splits(account: Account) -> list[str]:
    return [
        f"{name}, {split} | {one.rows:,} | {one.made:,}"
        for name, splits in account.sets.items()
        for split, one in splits.items()
    ]


def _golds(account: Account) -> list[str]:
    golds = account.golds
    if golds is None or not golds.unreadable:
        return []
    rows = ", ".join(f"`{row_id}`" for row_id in golds.examples)
    said = f"Of {golds.checked:,} right answers that are no plain numbers, {golds.unreadable:,} cannot be compared"
    return [f"{said}: rows such as {rows} earn no reward."]


def _line(said: str) -> str:
    """What a release says of itself, on one line."""
    return " ".join(said.split())[:200].replace("`", "'")


def _table(head: str, rows: list[str]) -> list[str]:
    if not rows:
        return []
    return [f"| {head} |", "|" + "---|" * (head.count("|") + 1), *(f"| {row} |" for row in rows), ""]
