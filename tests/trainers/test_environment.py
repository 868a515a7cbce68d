"""The trainers' environment takes torch for the CPU, and says why where there is only another one."""

import re

from tests.trainers.environment import HERE, TORCH, for_cards

OF_THIS_MACHINE = "python_version >= '3.11'"


def test_a_build_for_graphics_cards_is_told_by_what_it_wants_here() -> None:
    assert for_cards(["filelock", "sympy>=1.13.3; extra == 'opt'", "nvidia-nccl; python_version < '3'"]) == []
    cuda = ["filelock", f"nvidia-cublas==13.1; {OF_THIS_MACHINE}", "cuda-bindings<14"]
    assert for_cards(cuda) == ["nvidia-cublas", "cuda-bindings"]


def test_the_lock_has_all_that_was_asked_for_as_it_was_asked_for() -> None:
    asked = re.findall(r"^[\w-]+==\S+", (HERE / "requirements.in").read_text(), re.MULTILINE)
    locked = re.findall(r"^[\w-]+==[^ \n]+", (HERE / "requirements.txt").read_text(), re.MULTILINE)
    assert TORCH in asked
    assert set(asked) - {TORCH} <= {name.replace("_", "-").lower() for name in locked}
