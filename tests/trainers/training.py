"""Run among the trainers: TRL's own checks of a data set, and one step of the trainer that it is for.

Takes a JSON list of jobs, `{"trainer", "data"}` (`data` being a folder that an export made), and the folder of a model;
prints, as the last line, a JSON list of what came of each.
"""

import json
import math
import sys
from typing import Any

import torch  # type: ignore[import-not-found] # of the trainers' own environment
import trl  # type: ignore[import-not-found] # of the trainers' own environment
from datasets import load_dataset
from transformers import (  # type: ignore[import-not-found] # of the trainers' own environment
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)
from trl.data_utils import apply_chat_template, extract_prompt, is_conversational  # type: ignore[import-not-found] # of the trainers' own environment
from trl.rewards import accuracy_reward  # type: ignore[import-not-found] # of the trainers' own environment

COLUMNS = {"messages", "text", "prompt", "completion", "chosen", "rejected", "label"}
"""Those that make up a data set's type, to TRL."""
SETTINGS = {
    "per_device_train_batch_size": 2,
    "max_steps": 1,
    "use_cpu": True,
    "report_to": "none",
    "save_strategy": "no",
    "disable_tqdm": True,
    "learning_rate": 0.1,
}


def checked(rows: Any, tokenizer: Any) -> bool:
    """Hold each row against TRL's own rules; whether they are conversations."""
    talk: bool = is_conversational(rows[0])
    for row in rows:
        if is_conversational(row) != talk:
            raise ValueError("some rows are conversations, others are not")
        if talk:
            apply_chat_template({name: value for name, value in row.items() if name in COLUMNS}, tokenizer)
    if {"chosen", "rejected"} <= set(rows.column_names) and "prompt" not in rows.column_names:
        extract_prompt(rows[0])
    return talk


def trainer_of(kind: str, model: str, rows: Any, tokenizer: Any) -> Any:
    """A trainer about to take one step."""
    with_model = {"train_dataset": rows, "processing_class": tokenizer}
    if kind == "prm":
        from trl.experimental.prm import PRMConfig, PRMTrainer  # type: ignore[import-not-found] # of the trainers' own environment

        steps = AutoModelForTokenClassification.from_pretrained(model, num_labels=2)
        return PRMTrainer(
            model=steps, args=PRMConfig(output_dir="out", max_length=512, **SETTINGS), **with_model
        )
    if kind == "grpo":
        sizes = {"num_generations": 2, "max_completion_length": 8, "output_dir": "out"}
        return trl.GRPOTrainer(
            model=model, reward_funcs=accuracy_reward, args=trl.GRPOConfig(**sizes, **SETTINGS), **with_model
        )
    name = {"sft": "SFT", "dpo": "DPO", "kto": "KTO", "reward": "Reward"}[kind]
    settings = getattr(trl, f"{name}Config")(output_dir="out", max_length=512, **SETTINGS)
    loaded: Any = model  # by its path: the trainer loads its reference model from there, too
    if kind == "reward":
        loaded = AutoModelForSequenceClassification.from_pretrained(model, num_labels=1)
    if kind == "kto":
        loaded = AutoModelForCausalLM.from_pretrained(model)
    return getattr(trl, f"{name}Trainer")(model=loaded, args=settings, **with_model)


def done(job: dict[str, Any], model: str) -> dict[str, Any]:
    """One job."""
    rows = load_dataset(job["data"], job.get("name"), split=job.get("split", "train"))
    tokenizer = AutoTokenizer.from_pretrained(model)
    told = {"trainer": job["trainer"], "rows": len(rows), "columns": rows.column_names}
    if job["trainer"] == "accuracy_reward":
        answers = [[{"role": "assistant", "content": gold}] for gold in rows["solution"]]
        return told | {"rewards": accuracy_reward(answers, rows["solution"])}
    told["conversational"] = checked(rows, tokenizer)
    trainer = trainer_of(job["trainer"], model, rows, tokenizer)
    before = {name: value.detach().clone() for name, value in trainer.model.named_parameters()}
    loss = trainer.train().training_loss
    moved = any(not torch.equal(value, before[name]) for name, value in trainer.model.named_parameters())
    return told | {
        "loss": loss,
        "finite": math.isfinite(loss),
        "moved": moved,
        "steps": trainer.state.global_step,
    }


def main(jobs: str, model: str) -> None:
    """All jobs, one after the other; one that fails says why."""
    results = []
    for job in json.loads(jobs):
        try:
            results.append(done(job, model))
        except Exception as error:  # noqa: BLE001 - the test says what is wrong
            results.append({"trainer": job["trainer"], "error": f"{type(error).__name__}: {error}"})
    sys.stdout.write(f"\n{json.dumps(results)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
