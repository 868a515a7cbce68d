"""The demo's folder: an ordinary project.toml, and the records in three ordinary files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pipeline.demo import arriving
from pipeline.demo.checks import TOPIC as CHECKED
from pipeline.demo.checks import checks
from pipeline.demo.gold import FOLDER, file_of, files
from pipeline.demo.pairs import TOPIC, pairs
from pipeline.demo.people import ADJUDICATOR, PEOPLE, VISITOR, SimulatedPerson
from pipeline.demo.programs import programs
from schemas.base import set_fields
from schemas.people import Person, Role
from schemas.people_file import read_people, write_people
from schemas.project import FILE, read_project
from schemas.records import Record

CELLS: Final = (
    "en/answer_check",
    "en/code_review",
    "en/preference_pair",
    "en/step_review",
    "zh/preference_pair",
    "zh/step_review",
)
"""The cells of the demo's records: not the one of its history that has too few people."""
ROLES: Final[Sequence[tuple[Role, Sequence[SimulatedPerson]]]] = (
    ("annotator", PEOPLE),
    ("adjudicator", (ADJUDICATOR,)),
)


def project_toml() -> str:
    """The text of the demo's project.toml."""
    return _PROJECT


def programs_toml() -> str:
    """What project.toml says besides where programs can be run in a sandbox; VerificationError where they cannot."""
    from pipeline.verification.programs import check
    from schemas.verification import ProgramsConfig

    check.refuse(ProgramsConfig())
    return _PROGRAMS


def records() -> dict[str, list[Record]]:
    """The demo's records by the name of their file."""
    return {
        "reasoning.jsonl": arriving.as_they_came(),
        "programs.jsonl": [known.record for known in programs()],
        "pairs.jsonl": [known.record for known in pairs()],
        "answers.jsonl": [known.record for known in checks()],
        arriving.FILE: list(arriving.unscreened()),
    }


def write(folder: Path, more: str = "") -> list[Path]:
    """Writes the files of records and of gold, the same bytes each time, and a project.toml where there is none yet.

    `more` is what else the project.toml then says.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        (folder / FILE).write_text(project_toml() + more, encoding="utf-8", newline="\n")
    written = [_write(folder / name, map(set_fields, said)) for name, said in records().items()]
    written.append(_write(folder / arriving.BENCHMARK, arriving.benchmark()))
    known = [_write(folder / name, said) for name, said in files().items()]
    return [folder / FILE, *written, *known]


def write_crew(folder: Path, administrator: str) -> None:
    """Write those of the demo into people.csv who are not on its project yet; who is there stays as they are.

    `administrator` is the address of Label Studio's own account, with which the visitor may decide things too.
    """
    there = {(one.email or "").casefold() for one in read_project(folder).people}
    missing = [one for one in crew(administrator) if (one.email or "").casefold() not in there]
    if missing:
        write_people(folder, [*read_people(folder), *missing])


def crew(administrator: str) -> list[Person]:
    """Everybody on the demo's project."""
    annotators = [
        Person(name=one.name, email=one.email, team="simulated", cells=CELLS, role=role)
        for role, of_one in ROLES
        for one in of_one
    ]
    return [*annotators, VISITOR, Person(name="Administrator", email=administrator, role="lead", cells=CELLS)]


def _write(path: Path, said: Iterable[Mapping[str, Any]]) -> Path:
    lines = [json.dumps(record, ensure_ascii=False) for record in said]
    content = "".join(f"{line}\n" for line in lines).encode()
    if (
        not path.exists() or path.read_bytes() != content
    ):  # an untouched file is a source that need not be read again
        path.write_bytes(content)
    return path


_PROGRAMS = """
[verification.programs]            # each runs against its tests in a sandbox, twice; people see the results
where = "domain = 'coding'"
seconds = 5
"""

_PROJECT = f"""\
# The demo: known problems, simulated people. Change anything, or start your own with: headrace init DIR
name = "demo"

[[sources]]                        # solutions step by step; in two of five, one step is wrong
reader = "jsonl"
path = "reasoning.jsonl"

[[sources]]                        # HumanEval's programs; half of them with a bug
reader = "jsonl"
path = "programs.jsonl"

[[sources]]                        # two answers to one problem
reader = "jsonl"
path = "pairs.jsonl"

[[sources]]                        # final answers: what a machine decides needs no person
reader = "jsonl"
path = "answers.jsonl"

[[sources]]                        # what people never see: copies, near copies, problems of a benchmark
reader = "jsonl"
path = "{arriving.FILE}"

[screens]                          # what they stop: headrace rejects
personal_data = "mask"
contamination = {{ verdict = "reject", against = ["{arriving.BENCHMARK}"] }}
exact_duplicates = "reject"
near_duplicates = {{ verdict = "reject", same_numbers = true }}  # one problem with other numbers is another one

[[tasks]]
type = "step_review"
where = "domain = 'reasoning' AND topic NOT IN ('{TOPIC}', '{CHECKED}')"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}  # two people, a third where they differ
priority = {{ "language = 'zh'" = 3, "language = 'en'" = 2 }}  # what is urgent is handed out first
gold = {{ file = "{file_of("step_review")}", rates = {{ first = 0.3 }} }}  # known answers: how good is each person?

[[tasks]]
type = "code_review"
where = "domain = 'coding'"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}  # and one task in ten gets three anyhow:
gold = {{ file = "{file_of("code_review")}", rates = {{ first = 0.3 }} }}

[[tasks]]
type = "preference_pair"
where = "topic = '{TOPIC}'"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}  # the check on what the two would have said
priority = {{ "language = 'zh'" = 3, "language = 'en'" = 2 }}
gold = {{ file = "{file_of("preference_pair")}", rates = {{ first = 0.3 }} }}

[[tasks]]
type = "answer_check"
where = "topic = '{CHECKED}'"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}

[verification.answers]             # people see half of what it decides all the same: how often is it wrong?
where = "topic = '{CHECKED}'"
decides = ["equal", "not_equal"]
audit_share = 0.5

[release]
simulated = true                   # the labels are made up, and every release says so
splits = {{ train = 0.8, validation = 0.1, test = 0.1 }}
"""
