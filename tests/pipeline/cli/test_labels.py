"""`headrace analyse labels`: what people see, what --json and --out hold, what is refused."""

import csv
import io
import json
import os
import random
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from benchmarks.measuring.planted_people import World, world
from pipeline.cli import app, labels  # noqa: F401 - the command
from pipeline.cli.faults import exit_code_of
from pipeline.quality.choosing import candidates
from pipeline.quality.measured import WAYS
from pipeline.quality.signs import MEANINGS

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "quality.md"
DATA = Path(os.environ.get("HEADRACE_DATA", ROOT.parent / "shared" / "data")) / "labels"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = exit_code_of(app, ["analyse", "labels", *map(str, arguments)])
    return code, out.getvalue(), err.getvalue()


def analysed(*arguments: str | Path) -> dict[str, Any]:
    code, out, err = run(*arguments, "--json")
    assert (code, err.startswith("wrote") or not err) == (0, True), err
    found: dict[str, Any] = json.loads(out)
    return found


def written(made: World, path: Path, **more: list[Any]) -> Path:
    """A world as a labels table."""
    votes = made.votes
    columns = {
        "item": [votes.items[at] for at in votes.item],
        "annotator": [votes.annotators[at] for at in votes.annotator],
        "label": [votes.labels[at] for at in votes.label],
        **more,
    }
    if path.suffix == ".parquet":
        pa.parquet.write_table(pa.table(columns), path)
    else:
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([columns, *zip(*columns.values(), strict=True)])
    return path


def gold_of(made: World, path: Path, share: int = 2) -> Path:
    rows = [
        (made.votes.items[at], made.votes.labels[label])
        for at, label in enumerate(made.truth)
        if at % share == 0
    ]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("item", "label"), *rows])
    return path


def test_json_has_what_is_promised(tmp_path: Path) -> None:
    made = world("", 1)
    found = analysed(written(made, tmp_path / "labels.csv"), "--gold", gold_of(made, tmp_path / "gold.csv"))
    assert {"alpha", "alpha_interval", "ac1", "raw", "items", "annotators", "prevalence"} <= set(
        found["agreement"]
    )
    assert found["method"] == "blend"
    assert len(found["annotators"]) == 15
    for one in found["annotators"]:
        assert {"annotator", "labels", "accuracy", "interval", "flags"} <= set(one)
        assert one["interval"][0] <= one["accuracy"] <= one["interval"][1]
    assert found["gold"]["items"] == 250
    assert found["gold"]["judged"]["of"] == 250
    assert {trial["method"] for trial in found["gold"]["tried"]} >= {
        "majority",
        "one_coin",
        "dawid_skene",
        "blend",
    }


@pytest.mark.parametrize(
    ("kind", "flag"), [("random", "random"), ("constant", "constant"), ("copier", "copies_first")]
)
def test_who_is_planted_is_flagged(kind: str, flag: str, tmp_path: Path) -> None:
    found = analysed(written(world(kind, 2), tmp_path / "labels.parquet"))
    flagged = {one["annotator"]: one["flags"] for one in found["annotators"] if one["flags"]}
    assert [flag in flagged.get(f"person 0{at}", ()) for at in (0, 1)] == [True, True]
    assert len(flagged) <= 3
    assert {flag for flags in flagged.values() for flag in flags} <= set(MEANINGS)


def test_who_hands_in_a_models_answers_is_flagged(tmp_path: Path) -> None:
    made = world("model user", 2)
    model = [made.votes.labels[made.model[at]] for at in made.votes.item]
    found = analysed(written(made, tmp_path / "labels.csv", model=model))
    flagged = [one["annotator"] for one in found["annotators"] if "copies_model" in one["flags"]]
    assert flagged == ["person 00", "person 01"]


@pytest.mark.parametrize("name", ["items.parquet", "items.csv"])
def test_each_item_has_a_row_with_its_label(name: str, tmp_path: Path) -> None:
    made = world("", 3)
    out = tmp_path / name
    code, _, err = run(written(made, tmp_path / "labels.csv"), "--out", out)
    assert (code, err) == (0, f"wrote {out}: 500 items\n")
    rows = (
        pa.parquet.read_table(out).to_pylist()
        if out.suffix == ".parquet"
        else list(csv.DictReader(out.read_text().splitlines()))
    )
    assert list(rows[0]) == ["item", "label", "posterior", "method", "votes"]
    truth = {made.votes.items[at]: made.votes.labels[label] for at, label in enumerate(made.truth)}
    assert sum(row["label"] == truth[row["item"]] for row in rows) > 0.85 * len(truth)
    assert all(0 < float(row["posterior"]) <= 1 and int(row["votes"]) == 3 for row in rows)


def test_people_read_it_in_everyday_words(tmp_path: Path) -> None:
    made = world("random", 1)
    code, out, _ = run(written(made, tmp_path / "labels.csv"), "--gold", gold_of(made, tmp_path / "gold.csv"))
    assert code == 0
    assert "Agreement beyond chance" in out
    assert "Gold it did not learn from:" in out
    assert "next to nothing" in out
    assert max(map(len, out.splitlines())) <= 80


def test_later_answers_and_gold_in_a_column_count(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        "item,annotator,label,ts,gold\n"
        "1,a,no,2026-01-02,yes\n1,a,yes,2026-01-03,yes\n1,b,yes,2026-01-01,yes\n1,c,yes,2026-01-01,\n2,a,no,,maybe\n,a,no,,\n"
    )
    found = analysed(path)
    assert found["agreement"]["raw"] == 1
    assert found["gold"]["items"] == 2
    assert [one["finding"] for one in found["findings"]] == [
        "answered again by the same person: the last answer counts",
        "row without item, annotator or label: left out",
    ]


def test_dimensions_are_told_apart(tmp_path: Path) -> None:
    made = world("", 1)
    dimension = ["clarity" if at % 3 else "depth" for at in range(made.votes.n)]
    out = tmp_path / "items.parquet"
    found = analysed(written(made, tmp_path / "labels.csv", dimension=dimension), "--out", out)
    assert set(found["dimensions"]) == {"clarity", "depth"}
    assert found["dimension"] == "clarity"
    assert found["agreement"] == found["dimensions"]["clarity"]["agreement"]
    assert set(pa.parquet.read_table(out)["dimension"].to_pylist()) == {"clarity", "depth"}


def test_scales_are_read_as_scales(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    rows = [f"{item},p{who},{10 * (item % 5) + who}" for item in range(60) for who in range(3)]
    path.write_text("item,annotator,label\n" + "\n".join(rows))
    alpha = {
        kind: analysed(path, "--kind", kind)["agreement"]["alpha"]
        for kind in ("nominal", "ordinal", "interval")
    }
    assert alpha["nominal"] < 0
    assert min(alpha["ordinal"], alpha["interval"]) > 0.9
    out = tmp_path / "items.csv"
    assert analysed(path, "--kind", "interval", "--out", out)["method"] == "weighted_mean"
    assert next(csv.DictReader(out.read_text().splitlines()))["label"] == "1"


def test_words_on_a_scale_stand_by_the_alphabet(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    rows = [
        f"{item},p{who},{'abcd'[min(3, item % 4 + (who == 2))]}" for item in range(60) for who in range(3)
    ]
    path.write_text("item,annotator,label\n" + "\n".join(rows))
    found = analysed(path, "--kind", "ordinal")
    assert found["agreement"]["alpha"] > analysed(path)["agreement"]["alpha"]


@pytest.mark.parametrize(
    ("name", "content", "more", "code", "line"),
    [
        ("missing.csv", None, (), 1, "a file was expected"),
        ("labels.txt", "item", (), 2, "a name in .parquet or .csv was expected"),
        ("labels.csv", "task,annotator,label\n1,a,x\n", (), 1, "a column 'item' was expected"),
        ("labels.csv", "item,annotator,label\n", (), 1, "labels were expected, there are none"),
        ("labels.parquet", "no parquet", (), 1, "a labels table was expected"),
        ("labels.csv", "item,annotator,label\n1,a,x\n", ("--kind", "interval"), 2, "numbers were expected"),
        ("labels.csv", "item,annotator,label\n1,a,x\n", ("--kind", "nominl"), 2, "did you mean 'nominal'?"),
        (
            "labels.csv",
            "item,annotator,label\n1,a,x\n",
            ("--out", "x.txt"),
            2,
            "--out: a name in .parquet or .csv",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    name: str, content: str | None, more: tuple[str, ...], code: int, line: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    got, out, err = run(path, *more)
    assert (got, out) == (code, "")
    assert line in err
    assert err.count("\n") == 1


def test_one_vote_and_one_label_are_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("item,annotator,label\n1,a,x\n")
    found = analysed(path)
    assert found["agreement"]["alpha"] is None
    assert found["annotators"][0]["flags"] == []
    assert run(path)[0] == 0


def test_skewed_labels_give_no_false_verdict(tmp_path: Path) -> None:
    chance = random.Random(1)
    path = tmp_path / "labels.csv"
    lines = ["item,annotator,label"]
    for item in range(600):
        truth = "ok" if chance.random() < 0.97 else "bad"
        other = "bad" if truth == "ok" else "ok"
        lines += [f"{item},p{who},{truth if chance.random() < 0.95 else other}" for who in range(3)]
    path.write_text("\n".join(lines))
    found = analysed(path)
    assert found["verdict"] == "lopsided: read AC1"
    assert found["agreement"]["alpha"] < 0.5
    assert found["agreement"]["ac1"] > 0.85
    assert [one["flags"] for one in found["annotators"]] == [[]] * 3


@pytest.mark.parametrize("name", ["snow_rte", "barzan_mozafari"])
def test_real_sets_are_settled_as_well_as_by_majority(name: str) -> None:
    path = DATA / f"{name}.parquet"
    if not path.is_file():
        pytest.skip(f"{name}, a real set, is not on this machine")
    gold = analysed(path)["gold"]
    right = {trial["method"]: trial["right"] for trial in gold["tried"]}
    assert gold["judged"]["right"] >= right["majority"]


@pytest.mark.skipif(not PAGE.is_file(), reason="an installed wheel comes without the documentation")
def test_the_example_in_the_documentation_is_what_is_printed(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    table, example = (
        re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL) for kind in ("csv", "json")
    )
    path = tmp_path / "labels.csv"
    path.write_text(table[0])
    assert rounded(analysed(path)) == json.loads(example[0])


@pytest.mark.skipif(not PAGE.is_file(), reason="an installed wheel comes without the documentation")
def test_every_flag_and_method_is_described() -> None:
    page = PAGE.read_text(encoding="utf-8")
    votes = world("", 1).votes
    methods = [*candidates(votes, None, "ordinal"), *WAYS]
    assert [name for name in (*MEANINGS, *methods) if f"`{name}`" not in page] == []


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return {key: rounded(one) for key, one in value.items()} if isinstance(value, dict) else value
