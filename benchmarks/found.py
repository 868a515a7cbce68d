"""What the screens find of what is planted, and what they stop besides: `found.py`. Exits 1 where a promise is missed.

On GSM8K and HumanEval where these are there (HEADRACE_DATA), else on made-up texts. Each set is a project of its own,
read and screened by the commands. What is alike is counted here by the definition, with no code of the screens.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.measuring.gate_sides import DATA
from benchmarks.measuring.planted import ALIKE, Writer, jaccard, renamed
from benchmarks.measuring.watched import headrace
from pipeline.corpus import corpus_of
from pipeline.sources.human_eval import reader
from pipeline.store import StorePlace
from schemas.project import FILE, SourceConfig, read_project

PLANTED = 1_000
STOPPED = "SELECT record_id, screen FROM screened WHERE verdict = 'reject'"


@dataclass(frozen=True)
class Row:
    """A record, whether it is planted, and the text it repeats."""

    fields: Mapping[str, object]
    is_planted: bool = False
    of: str = ""


def screened(rows: Sequence[Row], screens: str, domain: str, benchmark: Sequence[str] = ()) -> dict[int, str]:
    """By which screen each row was stopped, by its place."""
    with tempfile.TemporaryDirectory(prefix="found-") as place:
        folder = Path(place)
        (folder / "rows.jsonl").write_text(
            "".join(f"{json.dumps(dict(row.fields))}\n" for row in rows), encoding="utf-8"
        )
        lines = (f"{json.dumps({'prompt': text})}\n" for text in benchmark)
        (folder / "benchmark.jsonl").write_text("".join(lines), encoding="utf-8")
        source = f'[[sources]]\nreader = "jsonl"\npath = "rows.jsonl"\ndomain = "{domain}"\nlanguage = "en"\n'
        (folder / FILE).write_text(f'name = "found"\n\n{source}\n[screens]\n{screens}\n', encoding="utf-8")
        for stage in ("ingest", "screen"):
            headrace(folder, stage)
        with StorePlace(folder).reading() as store:
            stopped = {row["record_id"]: row["screen"] for row in store.rows(STOPPED)}
            shards = [row["shard"] for row in store.rows("SELECT shard FROM shards WHERE row_count > 0")]
        corpus = corpus_of(read_project(folder).engine, folder)
        batches = [batch for shard in shards for batch in corpus.read(shard, ["record_id", "row"])]
        pairs = [
            pair
            for batch in batches
            for pair in zip(*(one.to_pylist() for one in batch.columns), strict=True)
        ]
    return {row - 1: stopped[record_id] for record_id, row in pairs if record_id in stopped}


def told(what: str, figure: float, promised: float, *, most: bool = False) -> bool:
    """Print a figure beside its promise; whether it holds."""
    holds = figure <= promised if most else figure >= promised
    print(
        f"{what:<58}{figure:8.4f}  {'at most' if most else 'at least'} {promised:g}: {'held' if holds else 'MISSED'}"
    )
    return holds


def duplicates(texts: Sequence[str]) -> bool:
    """Copies in another style, and near copies with two or three words in a hundred changed."""
    writer, dice = Writer(11), Random(12)  # noqa: S311 - made-up text
    chosen = dice.sample([text for text in texts if len(text.split()) >= 40], 2 * PLANTED)
    copies = [Row({"prompt": writer.restyled(text)}, is_planted=True, of=text) for text in chosen[:PLANTED]]
    near = [Row({"prompt": writer.reworded(text)}, is_planted=True, of=text) for text in chosen[PLANTED:]]
    near = [row for row in near if jaccard(str(row.fields["prompt"]), row.of) >= ALIKE]
    rows = [*(Row({"prompt": text}) for text in texts), *copies, *near]
    found = screened(rows, 'exact_duplicates = "reject"\nnear_duplicates = "reject"', "reasoning")
    first_near = len(texts) + len(copies)
    exact = sum(found.get(at) == "exact_duplicates" for at in range(len(texts), first_near)) / len(copies)
    recall = sum(at in found for at in range(first_near, len(rows))) / len(near)
    wrong = [at for at in found if at < len(texts) and not _is_like_another(texts[at], texts[:at])]
    precision = 1 - len(wrong) / max(1, len(found))
    held = [
        told(f"exact duplicates, of {len(copies):,}", exact, 1.0),
        told(f"near duplicates (Jaccard {ALIKE} and more), of {len(near):,}", recall, 0.99),
        told(f"what was stopped and is like another, of {len(found):,}", precision, 0.99),
    ]
    return all(held)


def _is_like_another(text: str, others: Sequence[str]) -> bool:
    return any(jaccard(text, other) >= ALIKE for other in others)


def programs(codes: Sequence[str]) -> bool:
    """Programs in which everything that they name is named otherwise."""
    asked = [
        {"prompt": f"Write program {at}.", "candidates": [{"text": code}]} for at, code in enumerate(codes)
    ]
    again = [
        {**one, "candidates": [{"text": renamed(code, at)}]}
        for at, (one, code) in enumerate(zip(asked, codes, strict=True))
    ]
    rows = [*map(Row, asked), *(Row(one, is_planted=True) for one in again)]
    found = screened(rows, 'near_duplicates = "reject"', "coding")
    recall = sum(at in found for at in range(len(codes), len(rows))) / len(codes)
    others = sum(at < len(codes) for at in found) / len(codes)
    return all(
        [
            told(f"programs with other names, of {len(codes)}", recall, 0.95),
            told("programs stopped that are no copies", others, 0.01, most=True),
        ]
    )


def leaks(clean: Sequence[str], benchmark: Sequence[str]) -> bool:
    """Items of a benchmark within something else, as they are and lightly edited."""
    writer, dice = Writer(13), Random(14)  # noqa: S311 - made-up text
    chosen = dice.sample(list(benchmark), min(PLANTED, len(benchmark)))
    verbatim = [writer.around(text) for text in chosen]
    edited = [writer.around(writer.restyled(writer.reworded(text)).strip()) for text in chosen]
    rows = [Row({"prompt": text}) for text in (*clean, *verbatim, *edited)]
    found = screened(
        rows, 'contamination = { verdict = "reject", against = ["benchmark.jsonl"] }', "reasoning", benchmark
    )
    start, middle = len(clean), len(clean) + len(verbatim)
    return all(
        [
            told(
                f"leaks word for word, of {len(chosen):,}",
                sum(start <= at < middle for at in found) / len(chosen),
                0.99,
            ),
            told(
                f"leaks lightly edited, of {len(chosen):,}",
                sum(at >= middle for at in found) / len(chosen),
                0.99,
            ),
            told(
                f"clean ones stopped, of {len(clean):,}",
                sum(at < start for at in found) / len(clean),
                0.001,
                most=True,
            ),
        ]
    )


def questions(name: str) -> Iterator[str]:
    """GSM8K's questions; made-up texts where they are not there."""
    file = DATA / "gsm8k" / f"{name}.jsonl"
    if not file.exists():
        writer = Writer(len(name))
        yield from (writer.text() for _ in range(5_000))
        return
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line)["question"] for line in lines)


def solutions() -> list[str]:
    """HumanEval's own programs."""
    rows: Any = reader.rows(SourceConfig(reader=reader.name), Path())
    return [f"{row.values['prompt']}{row.values['reference']['solution']}" for row in rows]


def main() -> int:
    """Plant, screen, count and print; 1 where a promise is missed."""
    train, test = list(questions("train")), list(questions("test"))
    held = [duplicates(train), programs(solutions()), leaks(train, test)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
