"""What somebody probably meant."""

from schemas.nearest import nearest


def test_the_most_alike_is_named() -> None:
    assert nearest("step_revue", ["code_review", "step_review"]) == "did you mean 'step_review'?"


def test_all_are_named_where_none_is_alike() -> None:
    assert nearest("x", ["code_review", "step_review"]) == "known are: code_review, step_review"


def test_something_else_can_be_said_instead() -> None:
    assert nearest("x", ["code_review"], "add it") == "add it"
    assert nearest("code_revue", {"code_review": 1}, "add it") == "did you mean 'code_review'?"
