"""Exports are what TRL's trainers take: its own checks, and one step of each on a tiny random model."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.exporting.making import Wanted, export
from pipeline.released.opened import Opened
from schemas.rows import PreferenceRow, PromptCompletionRow, Row, StepwiseRow, UnpairedRow
from tests.exports.released import release_of
from tests.trainers.environment import CannotBeHad, Trainers, ready

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1200)]

HERE = Path(__file__).parent
HOW_TO = HERE.parents[1] / "docs" / "how-to"


class Job(NamedTuple):
    """An export, and the trainer that it is for."""

    trainer: str
    format: str
    file_set: str
    choices: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        chosen = "-".join(value for _, value in self.choices)
        return "-".join(filter(None, (self.trainer, self.format, self.file_set, chosen)))


STANDARD = (("form", "standard"),)
JOBS = [
    Job("sft", "trl_language_modeling", "rewrite"),
    Job("sft", "trl_language_modeling", "rewrite", STANDARD),
    Job("sft", "trl_prompt_completion", "rewrite"),
    Job("sft", "trl_prompt_completion", "rewrite", STANDARD),
    Job("sft", "trl_prompt_completion", "talks"),
    Job("dpo", "trl_preference", "preference_pair"),
    Job("dpo", "trl_preference", "preference_pair", STANDARD),
    Job("dpo", "trl_preference", "preference_talks"),
    Job("kto", "trl_unpaired", "code_review"),
    Job("kto", "trl_unpaired", "code_review", STANDARD),
    Job("reward", "trl_preference_implicit", "preference_pair"),
    Job("reward", "trl_preference_implicit", "preference_pair", STANDARD),
    Job("reward", "trl_preference_implicit", "preference_talks"),
    Job("reward", "trl_preference", "preference_pair"),
    Job("grpo", "trl_prompt_only", "rewrite"),
    Job("accuracy_reward", "trl_prompt_only", "rewrite"),
]
PRM = Job("prm", "trl_stepwise", "step_review")
TALK = [
    {"role": "user", "content": "What is 2 + 3?"},
    {"role": "assistant", "content": "5."},
    {"role": "user", "content": "And $\\frac{1}{2}$ more?"},
]
NUMBERS = range(1, 7)


def sets() -> dict[str, Sequence[Row]]:
    """Rows of each class that a trainer takes, by their file set."""
    asked, right, wrong = "What is {0} + {0}?", "It is ${1}$.", "It is ${0}$, 对吗?"
    return {
        "preference_pair": [
            PreferenceRow(prompt=asked.format(n), chosen=right.format(n, 2 * n), rejected=wrong.format(n), margin=n % 3)
            for n in NUMBERS
        ],
        "preference_talks": [
            PreferenceRow(prompt=TALK, chosen=f"{n}.5", rejected=f"{n}.").conversational() for n in NUMBERS
        ],
        "code_review": [
            UnpairedRow(prompt=asked.format(n), completion=right.format(n, 2 * n), label=n % 2 == 0) for n in NUMBERS
        ],
        "rewrite": [
            PromptCompletionRow(prompt=asked.format(n), completion=rf"Both are {n}. So \boxed{{{2 * n}}}")
            for n in NUMBERS
        ],
        "talks": [PromptCompletionRow(prompt=TALK, completion=f"{n}.5").conversational() for n in NUMBERS],
        "step_review": [
            StepwiseRow(
                prompt=asked.format(n),
                completions=(f"Take {n}.", f"Add {n}.", f"It is {2 * n}."),
                labels=(True, True, n % 2 == 0),
                ratings=(1, 0, 1 if n % 2 == 0 else -1),
            )
            for n in NUMBERS
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def trainers() -> Trainers:
    """The trainers' environment; skipped, with the reason, where it cannot be had."""
    try:
        return ready()
    except CannotBeHad as error:
        pytest.skip(f"no {error}")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trainers")


@pytest.fixture(scope="module")
def model(trainers: Trainers, place: Path) -> Path:
    """A tiny random model on disk."""
    ran(trainers, place, HERE / "model.py", place / "model")
    return place / "model"


@pytest.fixture(scope="module")
def exported(place: Path) -> dict[Job, Path]:
    """Every export, in a folder of its own."""
    release: Opened = release_of(place / "release", {name: {"train": rows} for name, rows in sets().items()})
    folders = {job: place / str(job) for job in (*JOBS, PRM)}
    for job, folder in folders.items():
        export(release, Wanted(job.format, (job.file_set,), dict(job.choices)), folder)
    return folders


@pytest.fixture(scope="module")
def told(trainers: Trainers, place: Path, model: Path, exported: dict[Job, Path]) -> dict[Job, Any]:
    """What came of each job."""
    return of_jobs(trainers, place, model, {job: exported[job] for job in JOBS})


def of_jobs(
    trainers: Trainers, place: Path, model: Path, folders: dict[Job, Path], **environment: str
) -> dict[Job, Any]:
    jobs = [{"trainer": job.trainer, "data": str(folder)} for job, folder in folders.items()]
    out = ran(trainers, place, HERE / "training.py", json.dumps(jobs), model, **environment)
    return dict(zip(folders, json.loads(out.splitlines()[-1]), strict=True))


def ran(trainers: Trainers, place: Path, *command: object, **environment: str) -> str:
    """What one of the trainers' programs printed; the network is out of its reach."""
    around = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(place / "huggingface"),
        "HF_DATASETS_CACHE": str(place / "cache"),
    }
    done = subprocess.run(
        [trainers.python, *map(str, command)],
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        | around
        | environment,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("job", [job for job in JOBS if job.trainer != "accuracy_reward"], ids=str)
def test_a_trainer_takes_a_step_on_its_export(job: Job, told: dict[Job, Any]) -> None:
    came = told[job]
    assert "error" not in came, came["error"]
    assert came["rows"] == len(NUMBERS)
    assert came["conversational"] is (job.choices != STANDARD)
    assert came["steps"] == 1
    assert came["finite"]
    assert came["moved"] or job.trainer == "grpo"  # to which a random model's answers are all as bad


def test_the_strength_of_a_preference_reaches_the_reward_model(told: dict[Job, Any]) -> None:
    for job in (job for job in JOBS if job.trainer == "reward"):
        assert "margin" in told[job]["columns"]


def test_every_gold_can_be_scored_by_accuracy_reward(told: dict[Job, Any]) -> None:
    job = next(job for job in JOBS if job.trainer == "accuracy_reward")
    assert told[job]["rewards"] == [1.0] * len(NUMBERS)


def test_a_process_reward_model_takes_a_step_with_the_trl_that_trains_them(
    trainers: Trainers, place: Path, model: Path, exported: dict[Job, Path]
) -> None:
    came = of_jobs(trainers, place, model, {PRM: exported[PRM]}, PYTHONPATH=str(trainers.with_prm))[PRM]
    assert "error" not in came, came["error"]
    assert came["columns"] == ["prompt", "completions", "labels"]
    assert (came["rows"], came["steps"], came["finite"], came["moved"]) == (len(NUMBERS), 1, True, True)


def script(page: str, place: Path) -> Path:
    """The one Python script of a page."""
    (found,) = re.findall(r"^```python\n(.*?)^```$", (HOW_TO / page).read_text(), re.MULTILINE | re.DOTALL)
    path = place / f"{Path(page).stem}.py"
    path.write_text(found)
    return path


def trained(page: str, of: Job, trainers: Trainers, exported: dict[Job, Path], **environment: str) -> Path:
    """Run the script of a page; where its model lies."""
    place = exported[of].parent
    out = place / Path(page).stem
    ran(trainers, place, script(page, place), place / "model", exported[of], out, **environment)
    return out


@pytest.mark.usefixtures("model")
def test_the_script_for_pairs_trains(trainers: Trainers, exported: dict[Job, Path]) -> None:
    out = trained("train-dpo.md", JOBS[5], trainers, exported)
    assert (out / "model.safetensors").exists()
    assert (out / "tokenizer.json").exists()


@pytest.mark.usefixtures("model")
def test_the_script_for_steps_trains(trainers: Trainers, exported: dict[Job, Path]) -> None:
    out = trained("train-prm.md", PRM, trainers, exported, PYTHONPATH=str(trainers.with_prm))
    assert (out / "model.safetensors").exists()
    assert (out / "tokenizer.json").exists()
