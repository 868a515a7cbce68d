"""What is masked stays readable, is masked everywhere, and is told nowhere."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.screening import personal_data, secrets
from pipeline.screening.base import Found
from pipeline.screening.choosing import choose
from pipeline.screening.subject import Subject
from pipeline.stages.screen import screen
from schemas.errors import ProjectError
from schemas.records import Record
from tests.pipeline.screening import private_forms, secret_forms
from tests.pipeline.screening.shards import context, fill, record, verdicts

PERSONAL, SECRETS = personal_data.screen, secrets.screen
MAIL, OTHER = "mary.jones@northmail.com", "tom@kites.example"
KEY = secret_forms.drawn("hf|_{LETTERS:34}")


def subject(made: Record) -> Subject:
    return Subject(made.id, 0, made.model_dump_json(exclude_none=True))


def looked(made: Record, which: Any = PERSONAL, **options: Any) -> Found | None:
    found: Found | None = which.look(subject(made), which.options(**options), None)
    return found


def all_looked(texts: list[str], which: Any, **options: Any) -> list[Found]:
    """What is found in each of these texts; something is."""
    subjects = [subject(record(text)) for text in texts]
    found = [one for one in which.look_at(subjects, which.options(**options), None) if one]
    assert len(found) == len(texts)
    return found


def masked(made: Record, which: Any = PERSONAL, **options: Any) -> Record:
    found = looked(made, which, verdict="mask", **options)
    assert found is not None
    assert found.masked is not None
    return found.masked


def test_the_same_value_has_the_same_mask_wherever_it_stands() -> None:
    new = masked(
        record(
            f"Write to {MAIL} or {OTHER}; {MAIL.upper()} is better.",
            f"I wrote to {OTHER}.",
            "Call (415) 555-2671, then 415-555-2671.",
        )
    )
    assert new.prompt == "Write to [EMAIL] or [EMAIL_2]; [EMAIL] is better."
    assert [one.text for one in new.candidates] == ["I wrote to [EMAIL_2].", "Call [PHONE], then [PHONE]."]


def test_every_text_of_a_record_is_masked_and_what_only_names_something_is_left() -> None:
    made = Record.model_validate(
        {
            "prompt": [{"role": "system", "content": MAIL}, {"role": "user", "content": MAIL}],
            "domain": "coding",
            "language": "en",
            "candidates": [
                {
                    "id": MAIL,
                    "model": MAIL,
                    "text": MAIL,
                    "steps": [MAIL],
                    "test_results": [{"passed": False, "name": MAIL, "output": MAIL}],
                }
            ],
            "reference": {"answer": MAIL, "solution": MAIL},
            "tests": {"code": f"assert f('{MAIL}')", "cases": [{"input": [MAIL], "output": {"to": MAIL}}]},
            "programming_language": "python",
            "topic": MAIL,
            "license": "MIT",
            "source": {"dataset": "mails.jsonl", "row": 3},
            "issue": {"repo": MAIL, "base_commit": "c0ffee", "patch": MAIL, "test_patch": MAIL},
            "rubric": [{"criterion": MAIL, "tags": [MAIL]}],
            "translation_of": MAIL,
            "draft": MAIL,
            "hidden_model_label": {"why": MAIL},
            "extra": {"column": [MAIL, 5]},
        }
    )  # fmt: skip
    text = masked(made).model_dump_json()
    assert text.count(MAIL) == 2, "of the candidate, its id and model name somebody's program"
    assert text.count("[EMAIL]") == made.model_dump_json().count(MAIL) - 2
    assert "_2]" not in text


@pytest.mark.parametrize(
    ("which", "forms"), [(PERSONAL, [*private_forms.forms()]), (SECRETS, [*secret_forms.forms()])]
)
def test_a_masked_record_is_another_one_in_which_nothing_is_found(
    which: Any, forms: list[tuple[str, str, str]]
) -> None:
    texts = [text for _, text, _ in forms]
    after = [found.masked for found in all_looked(texts, which, verdict="mask")]
    assert None not in after
    for text, (_, _, value), new in zip(texts, forms, after, strict=True):
        assert new is not None
        assert new.id != record(text).id
        assert value not in new.text
    again = which.look_at([subject(new) for new in after if new], which.options(), None)
    assert [found for found in again if found] == []


def test_evidence_and_reason_tell_what_was_found_and_where_but_not_the_value() -> None:
    found = looked(record("Two ways:", f"Ask {MAIL}, with {KEY} at hand."))
    assert found is not None
    assert found.reason == "it holds email (1)"
    assert found.evidence == {
        "found": {"email": 1},
        "where": ["candidates.0.text"],
        "passages": ["Ask [EMAIL], with [KEY] at hand."],
    }
    assert found.masked is None, "only where masks are asked for"


def test_no_written_value_ever_stands_in_its_evidence() -> None:
    for which, forms in ((PERSONAL, [*private_forms.forms()]), (SECRETS, [*secret_forms.forms()])):
        for found, (_, _, value) in zip(
            all_looked([text for _, text, _ in forms], which), forms, strict=True
        ):
            told = json.dumps([found.reason, found.evidence], ensure_ascii=False)
            assert value not in told


def test_forms_can_be_left_out_and_values_allowed() -> None:
    made = record(f"{MAIL}, {OTHER}, 81.2.69.142")
    assert masked(made, ignore=("ip_address",)).prompt == "[EMAIL], [EMAIL_2], 81.2.69.142"
    assert masked(made, allow=("*@KITES.example",)).prompt == f"[EMAIL], {OTHER}, [IP]"
    assert looked(made, ignore=("ip_address", "email")) is None


def test_a_form_that_does_not_exist_is_refused_with_the_nearest_one(tmp_path: Any) -> None:
    from schemas.project import parse_project

    project = parse_project(
        {"name": "x", "screens": {"personal_data": {"verdict": "mask", "ignore": ["emial"]}}}
    )
    with pytest.raises(ProjectError, match=r"screens\.personal_data.*'emial'.*email"):
        choose(project.screens, tmp_path)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from([text for _, text, _ in private_forms.forms()] + ["Nothing here."]),
        min_size=1,
        max_size=8,
    )
)
def test_many_at_once_are_found_as_one_by_one(texts: list[str]) -> None:
    subjects = [subject(record(text)) for text in texts]
    options = personal_data.PersonalDataOptions(verdict="mask")
    assert PERSONAL.look_at(subjects, options, None) == [
        PERSONAL.look(one, options, None) for one in subjects
    ]


# The whole way


def test_what_goes_on_is_masked_and_nothing_of_the_value_is_in_the_store(tmp_path: Any) -> None:
    ctx = context(tmp_path, {"secrets": "reject", "personal_data": "mask"})
    made = [record("How many?", "Seven."), record(f"Ask {MAIL}."), record(f"Use {KEY} for {MAIL}.")]
    ids = fill(ctx, made)
    screen(ctx)
    new = masked(made[1])
    assert verdicts(ctx) == [
        (ids[0], "pass", None, ids[0]),
        (ids[1], "mask", None, new.id),
        (ids[2], "reject", "secrets", None),
    ]
    told = json.dumps(
        [ctx.store.rows(f"SELECT * FROM {table}") for table in ("records", "screened", "rejects", "noted")],  # noqa: S608 - names of ours
        default=str,
    )
    assert "[EMAIL]" in told
    assert MAIL not in told
    assert KEY not in told


def test_masks_are_the_same_in_one_process_and_in_two(tmp_path: Any) -> None:
    made = [record(f"{number}: {text}") for number, (_, text, _) in enumerate(private_forms.forms())]
    found = []
    for workers in (1, 2):
        ctx = context(tmp_path / str(workers), {"personal_data": "mask"}, workers=workers)
        fill(ctx, made, size=50)
        screen(ctx)
        found.append(
            (verdicts(ctx), ctx.store.rows("SELECT record_id, payload FROM records ORDER BY record_id"))
        )
    assert found[0] == found[1]
    assert {verdict for _, verdict, _, _ in found[0][0]} == {"mask"}
