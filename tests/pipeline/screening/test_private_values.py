"""Personal data and secrets: a written list of what must be found, another of what must not, and real data."""

import gzip
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.screening import personal_data, secrets
from pipeline.screening._forms import Family, Hit, hits, possible
from pipeline.screening._keys import KEYS
from pipeline.screening._personal import PERSONAL
from pipeline.screening._values import ValueScreen
from pipeline.screening.subject import Subject
from tests.pipeline.screening import private_forms, secret_forms
from tests.pipeline.screening.harmless import HARMLESS
from tests.pipeline.screening.shards import record

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")

WRITTEN = {PERSONAL: [*private_forms.forms()], KEYS: [*secret_forms.forms()]}
ENOUGH = 0.95
DASHES = "-" * 5


def seen(text: str, families: tuple[Family, ...]) -> list[Hit]:
    return hits(text, possible([text], families)[0])


def test_the_written_list_is_long_and_says_each_thing_once() -> None:
    written = [text for forms in WRITTEN.values() for _, text, _ in forms]
    assert len(written) >= 200
    assert len(set(written)) == len(written)


@pytest.mark.parametrize("families", [PERSONAL, KEYS], ids=["personal data", "secrets"])
def test_what_is_written_is_found_by_its_name_and_to_the_letter(families: tuple[Family, ...]) -> None:
    missed = []
    for name, text, value in WRITTEN[families]:
        found = [(hit.form.name, text[hit.start : hit.end]) for hit in seen(text, families)]
        if found != [(name, value)]:
            missed.append((text, found))
    assert len(missed) <= (1 - ENOUGH) * len(WRITTEN[families]), missed


@pytest.mark.parametrize("families", [PERSONAL, KEYS], ids=["personal data", "secrets"])
def test_every_form_is_in_the_written_list_or_too_rare_for_it(families: tuple[Family, ...]) -> None:
    named = {form.name for family in families for form in family.forms}
    tried = {name for name, _, _ in WRITTEN[families]}
    rare = {
        "heroku",
        "vercel",
        "crates_io",
        "dynatrace",
        "dropbox",
        "x_twitter",
        "planetscale",
        "pulumi",
        "1password",
    }
    rare |= {"fly_io", "cloudflare", "mapbox", "putty_key"}
    assert named - tried <= rare
    assert tried <= named


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    found = [(hit.form.name, text[hit.start : hit.end]) for hit in [*seen(text, PERSONAL), *seen(text, KEYS)]]
    assert found == []


@pytest.mark.parametrize("families", [PERSONAL, KEYS], ids=["personal data", "secrets"])
def test_a_value_is_found_in_the_midst_of_a_long_text(families: tuple[Family, ...]) -> None:
    around = "The train leaves at 7:45 and covers 120 km in 1.5 hours. " * 40
    for name, text, value in WRITTEN[families]:
        whole = f"{around}\n{text}\n{around}"
        found = [whole[hit.start : hit.end] for hit in seen(whole, families) if hit.form.name == name]
        assert found == [value], text


LONG = (
    "1",
    "1 ",
    "+1 ",
    "a.",
    "@a.",
    "12-",
    "::",
    "AB12 ",
    "secret_",
    "password=",
    "eyJ.",
    "BEGIN PRIVATE KEY-----",
)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", LONG)
def test_a_long_text_of_one_thing_is_gone_through_once(part: str) -> None:
    text = part * (40_000 // len(part))
    assert isinstance(hits(text, [*PERSONAL, *KEYS]), list)


# Real problems and programs


def gsm8k() -> Iterator[Subject]:
    for name in ("train", "test"):
        for line in (DATA / "gsm8k" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield subject(row["question"], reference={"solution": row["answer"]})


def human_eval() -> Iterator[Subject]:
    with gzip.open(DATA / "humaneval" / "HumanEval.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield subject(
                row["prompt"],
                domain="coding",
                reference={"solution": row["canonical_solution"]},
                tests={"code": row["test"]},
            )


def subject(prompt: str, **more: Any) -> Subject:
    made = record(prompt, **more)
    return Subject(made.id, 0, made.model_dump_json(exclude_none=True))


@needs_data
@pytest.mark.parametrize("screen", [personal_data.screen, secrets.screen], ids=["personal data", "secrets"])
@pytest.mark.parametrize(("read", "rows", "most"), [(human_eval, 164, 0), (gsm8k, 8791, 0.001)])
def test_real_problems_hold_nothing_private(
    screen: ValueScreen, read: Callable[[], Iterator[Subject]], rows: int, most: float
) -> None:
    subjects = [*read()]
    assert len(subjects) >= rows
    found = [one for one in screen.look_at(subjects, screen.options(), None) if one]
    assert len(found) <= most * len(subjects), [one.evidence for one in found]
