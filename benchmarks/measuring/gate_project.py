"""A project of made-up records in which it is known, row by row, what each gate has to find."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.measuring.planted import USUAL, Kind, Planted, Shares, Writer, corpus
from schemas.project import FILE

ROWS, BENCHMARK = "rows.jsonl", "benchmark.jsonl"
LEAKS = 500
"""Items of the benchmark that rows may leak."""
SEED = 2026
SCREENS = f"""\
[screens]
personal_data = "mask"
secrets = "mask"
contamination = {{ verdict = "reject", against = ["{BENCHMARK}"] }}
exact_duplicates = "reject"
near_duplicates = "reject"
"""


def write(folder: Path, count: int, *, workers: int, shares: Shares = USUAL) -> Counter[Kind]:
    """Write the project with so many rows into a folder; how many there are of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    known = benchmark()
    with (folder / BENCHMARK).open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps({'prompt': text})}\n" for text in known)
    (folder / FILE).write_text(
        f'name = "gates"\n\n[[sources]]\nreader = "jsonl"\npath = "{ROWS}"\ndomain = "reasoning"\nlanguage = "en"\n\n'
        f'{SCREENS}\n[engine]\nkind = "local"\nworkers = {workers}\n',
        encoding="utf-8",
    )
    kinds: Counter[Kind] = Counter()
    with (folder / ROWS).open("w", encoding="utf-8") as file:
        for row in corpus(count, SEED, known, shares):
            kinds[row.kind] += 1
            file.write(line(row))
    return kinds


def benchmark() -> list[str]:
    """The items that must not reach people."""
    writer = Writer(SEED - 1)
    return [writer.text() for _ in range(LEAKS)]


def planted(count: int, shares: Shares = USUAL) -> Iterator[Planted]:
    """The rows once more, as `write` wrote them."""
    return corpus(count, SEED, benchmark(), shares)


def texts(count: int) -> list[str]:
    """The texts of the first rows."""
    return [row.text for row in islice(planted(count), count)]


def line(row: Planted) -> str:
    """A row as the file has it."""
    if row.kind == "malformed":
        return f'{{"prompt": {json.dumps(row.text)}, "reference": \n'
    return f"{json.dumps({'prompt': row.text, 'reference': {'answer': str(len(row.text))}}, ensure_ascii=False)}\n"
