"""Names, mail addresses, pay and known answers never leave: planted ones are found, and nothing is sent."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import app
from pipeline.cli.faults import exit_code_of
from pipeline.publishing.leaving import Kept, kept, look_through
from pipeline.released.opened import Opened
from pipeline.store import Store, StorePlace
from schemas.door import GoldFact
from schemas.errors import GateRefused
from schemas.facts import PersonFact
from schemas.people import Person
from schemas.steering import WithdrawalFact
from tests.pipeline.filled import START, Filled
from tests.pipeline.publishing import released

ADDRESS, NAME = "ana.ruiz@vendor.example", "Ana Ruiz"
OWN = Kept(
    addresses=frozenset({ADDRESS}),
    names=frozenset({NAME, "li"}),
    gold=frozenset({"t3"}),
    withdrawn=frozenset({"rec1", "rec9"}),
)
HARMLESS = Kept(OWN.addresses, OWN.names, frozenset({"t99"}))


def planted(project: Path, **parts: Any) -> Opened:
    released.release(project, **{"rows": 3, **parts})
    return Opened("0.1.0", project)


def rows(**changes: Any) -> list[dict[str, Any]]:
    return [released.row(0), released.row(1, **changes), released.row(2)]


def votes(**changes: Any) -> list[dict[str, Any]]:
    return [released.vote(0), released.vote(1, **changes), released.vote(2)]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"of_rows": rows(prompt=f"Write to {ADDRESS.upper()}.")}, "a mail address .* column prompt"),
        ({"of_rows": rows(sources=[{**released.SOURCE, "row": ADDRESS}])}, "a mail address .* column sources.row"),
        ({"of_votes": votes(label=json.dumps({"by": ADDRESS}))}, "a mail address .* votes.parquet, column label"),
        ({"of_votes": votes(reason=f"ask {ADDRESS}")}, "a mail address .* votes.parquet, column reason"),
        ({"of_votes": votes(annotator="li")}, "a person's name .* column annotator"),
        ({"of_votes": votes(annotator=NAME)}, "a person's name .* column annotator"),
        ({"of_votes": votes(reason="as ana  ruiz says")}, "a person's name .* column reason"),
        ({"card": released.CARD + "By Ana Ruiz."}, "a person's name stands in README.md"),
        ({"card": released.CARD + f"Mail {ADDRESS}"}, "a mail address stands in README.md"),
        ({"name": NAME}, "a person's name stands in manifest.json"),
        ({"also": ["pay"]}, "a column 'pay' stands in data/preference_pair"),
        ({"rows": 5, "of_votes": []}, "a task whose answer is known stands in data/preference_pair"),
        ({"of_votes": [released.vote(3)], "rows": 2}, "a task whose answer is known stands in votes.parquet"),
    ],
)  # fmt: skip
def test_what_was_planted_is_found(project: Path, parts: dict[str, Any], found: str) -> None:
    with pytest.raises(GateRefused, match=found) as caught:
        look_through(planted(project, **parts), OWN)
    assert "\n" not in str(caught.value)
    assert "Ruiz" not in str(caught.value)


@pytest.mark.parametrize(
    "parts",
    [
        {"of_rows": rows(prompt="Ana Ruiz was a mathematician; write to banana.ruiz@vendor.example")},
        {"of_votes": votes(reason="li is short for lithium, and Diana Ruizo is no one")},
        {"of_votes": votes(reason=None, label=None)},
        {"of_rows": [], "of_votes": []},
    ],
)
def test_what_is_nobodys_goes(project: Path, parts: dict[str, Any]) -> None:
    assert look_through(planted(project, **parts), HARMLESS).withdrawn == set()


def test_a_file_that_is_no_part_of_a_release_is_refused(project: Path) -> None:
    from pipeline.publishing.parcel import pack
    from schemas.errors import PublishError

    place = released.release(project)
    (place / "people.csv").write_text("name\n")
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["files"].append({"path": "people.csv", "bytes": 5, "sha256": "0" * 64})
    (place / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PublishError, match=r"lists 'people\.csv'"):
        pack(Opened("0.1.0", project))


def test_records_withdrawn_since_are_counted(project: Path) -> None:
    other = [{**released.SOURCE, "record_id": "rec1"}, {**released.SOURCE, "record_id": "rec2"}]
    opened = planted(project, of_rows=rows(sources=other), of_votes=[])
    assert look_through(opened, Kept(withdrawn=OWN.withdrawn)).withdrawn == {"rec1"}


@pytest.fixture
def told(project: Path) -> Path:
    """A project that knows people, gold and what was withdrawn."""
    with StorePlace(project).writing("test") as store:
        fill(store)
    return project


def fill(store: Store) -> None:
    filled = Filled(store)
    gold = filled.task()
    store.put([person("ana", ADDRESS, NAME), person("sim", "s@simulated.invalid", "A Name", simulated=True)])
    put = GoldFact(
        task_id=gold, purpose="gold", payload='"a"', clause=None, said_by="f", reason="", put_at=START
    )
    store.put([put])
    store.put([WithdrawalFact(record_id="rec0", reason="asked for", condition="true", withdrawn_at=START)])


def person(annotator: str, email: str, name: str, *, simulated: bool = False) -> PersonFact:
    return PersonFact(
        annotator=annotator,
        server="embedded",
        person_id=len(name),
        email=email,
        name=name,
        simulated=simulated,
        seen_at=START,
    )


def test_what_a_project_keeps_is_what_its_store_and_its_people_are(told: Path) -> None:
    with StorePlace(told).reading() as store:
        own = kept(store, [Person(name="Li Wei", email="li@vendor.example", pay=None)])
    assert own.addresses == {ADDRESS, "li@vendor.example", "s@simulated.invalid"}
    assert own.names == {NAME, "Li Wei"}
    assert own.gold == {"t0"}
    assert own.withdrawn == {"rec0"}


def known(project: Path, **parts: Any) -> None:
    released.release(project, **parts)
    with StorePlace(project).writing("test") as store:
        released.freeze(store, project, "0.1.0")


def run(project: Path, *arguments: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = exit_code_of(app, ["-C", str(project), "publish", *map(str, arguments)])
    return code, out.getvalue(), err.getvalue()


def test_the_command_refuses_with_exit_code_three_and_writes_nothing(told: Path, tmp_path: Path) -> None:
    known(told)
    code, out, err = run(told, "0.1.0", "--to", tmp_path / "out")
    assert (code, out) == (3, "")
    assert "a task whose answer is known" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()
    code, _, err = run(told, "0.1.0", "--to", tmp_path / "out", "--dry-run")
    assert (code, "a task whose answer is known" in err) == (3, True)


def test_a_dry_run_says_what_would_go_and_asks_nobody(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(told, of_rows=[released.row(1), released.row(2)], of_votes=[released.vote(1)])
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    code, out, _ = run(told, "0.1.0", "--to", "hf://org/pairs", "--dry-run", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["to"] == "hf://datasets/org/pairs@0.1.0"
    assert said["dry_run"] is True
    assert said["withdrawn_since"] == 1
    assert [file["path"] for file in said["files"]] == [
        "data/preference_pair/train-00000-of-00001.parquet",
        "votes.parquet",
        "README.md",
        "croissant.json",
        "manifest.json",
    ]
    code, out, _ = run(told, "0.1.0", "--to", tmp_path / "out", "--dry-run")
    assert out.startswith(f"would publish 0.1.0 to {tmp_path / 'out' / '0.1.0'}, ")
    assert "train-00000-of-00001.parquet" in out
    assert "2 rows" in out
    assert "withdrawn since: 1 records" in out
    assert not (tmp_path / "out").exists()


def test_the_command_says_where_it_went(told: Path, tmp_path: Path) -> None:
    known(told, of_rows=[released.row(1)], of_votes=[released.vote(1)])
    code, out, _ = run(told, "0.1.0", "--to", tmp_path / "out")
    assert code == 0
    assert out.startswith(f"published 0.1.0 to {tmp_path / 'out' / '0.1.0'}: 5 of 5 files sent; every hash")
    assert "it was there already" in run(told, "0.1.0", "--to", tmp_path / "out")[1]
    assert run(told, "9.9.9", "--to", tmp_path / "out")[0] == 2
    assert run(told, "0.1.0", "--to", tmp_path / "out", "--public")[0] == 2


def test_what_this_project_never_released_or_what_changed_since_is_refused(
    told: Path, tmp_path: Path
) -> None:
    place = released.release(told, of_rows=[released.row(1)], of_votes=[])
    code, _, err = run(told, "0.1.0", "--to", tmp_path / "out")
    assert (code, "a release of this project was expected" in err) == (2, True)
    known(told, of_rows=[released.row(1)], of_votes=[])
    (place / "manifest.json").write_text((place / "manifest.json").read_text() + " ")
    code, _, err = run(told, "0.1.0", "--to", tmp_path / "out")
    assert (code, "says something else by now" in err) == (1, True)
    assert not (tmp_path / "out").exists()
