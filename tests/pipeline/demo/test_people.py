"""The simulated annotators: as right as they say, as fast as they say, the same every time."""

import math
from dataclasses import replace
from statistics import median

import pytest

from pipeline.demo.mistakes import guessed, mistaken
from pipeline.demo.people import (
    ADJUDICATOR,
    CARELESS,
    COPIER,
    EVERYBODY,
    HONEST,
    MEDIAN_SECONDS,
    PEOPLE,
    SimulatedPerson,
)
from pipeline.demo.truth import Known, truth
from schemas.base import Item, Label
from tasks import task_types
from tasks.base import Answers

KNOWN = tuple(truth().values())


def test_there_are_eight_and_an_adjudicator_whose_addresses_say_that_they_are_simulated() -> None:
    assert len({person.email for person in EVERYBODY}) == 9
    assert all(person.email.endswith("@simulated.invalid") for person in EVERYBODY)
    assert all(0.7 <= person.accuracy <= 0.97 for person in HONEST)
    assert {*PEOPLE} - {*HONEST} == {CARELESS, COPIER}


def test_the_adjudicator_is_the_slowest_and_the_most_often_right() -> None:
    assert ADJUDICATOR not in PEOPLE
    assert ADJUDICATOR.pace > max(person.pace for person in PEOPLE)
    assert ADJUDICATOR.accuracy > max(person.accuracy for person in PEOPLE)


@pytest.mark.parametrize("person", [*HONEST, CARELESS, ADJUDICATOR], ids=lambda one: one.name)
def test_somebody_is_as_often_right_as_stated(person: SimulatedPerson) -> None:
    twins = [replace(person, seed=seed) for seed in range(20)]
    said = [known.agrees(twin.label(known.item, known.label)) for twin in twins for known in KNOWN]
    assert math.isclose(sum(said) / len(said), person.accuracy, abs_tol=0.02)


def test_who_copies_says_what_their_colleague_says_of_every_item() -> None:
    assert COPIER.copies in HONEST
    assert COPIER.accuracy == COPIER.copies.accuracy
    for known in KNOWN:
        assert COPIER.label(known.item, known.label) == COPIER.copies.label(known.item, known.label)


def test_who_does_not_look_says_the_same_whatever_is_true() -> None:
    for known in KNOWN:
        kind, wrong = task_types()[known.task_type], PEOPLE[0]
        other = replace(wrong, accuracy=0.0).label(known.item, known.label)
        label = CARELESS.label(known.item, known.label)
        assert label == CARELESS.label(known.item, other)
        assert kind.parse(known.item, Answers(kind.result(label))) == label


def test_the_same_person_says_the_same_of_an_item_again() -> None:
    for known in KNOWN[::10]:
        assert PEOPLE[5].label(known.item, known.label) == PEOPLE[5].label(known.item, known.label)
        assert PEOPLE[5].lead_seconds(known.task_type, known.item) == PEOPLE[5].lead_seconds(
            known.task_type, known.item
        )


def test_two_people_make_different_mistakes() -> None:
    one, other = (replace(person, accuracy=0.0) for person in PEOPLE[:2])
    assert any(one.label(known.item, known.label) != other.label(known.item, known.label) for known in KNOWN)


@pytest.mark.parametrize("task_type", MEDIAN_SECONDS)
def test_every_mistake_is_wrong_and_can_be_given_on_the_screen(task_type: str) -> None:
    kind = task_types()[task_type]
    wrong = replace(PEOPLE[0], accuracy=0.0)
    asked = [known for known in KNOWN if known.task_type == task_type]
    assert asked
    for known in asked:
        label = wrong.label(known.item, known.label)
        assert not known.agrees(label)
        assert kind.parse(known.item, Answers(kind.result(label))) == label


@pytest.mark.parametrize("task_type", MEDIAN_SECONDS)
def test_times_lie_around_the_persons_median(task_type: str) -> None:
    person = PEOPLE[0]
    times = [person.lead_seconds(task_type, known.item) for known in KNOWN]
    assert min(times) > 0
    assert math.isclose(median(times), MEDIAN_SECONDS[task_type] * person.pace, rel_tol=0.15)


def test_an_unknown_task_type_is_refused() -> None:
    with pytest.raises(TypeError, match="task types"):
        mistaken(Item(), Label(), PEOPLE[0]._chance("label", KNOWN[0].item))
    with pytest.raises(TypeError, match="task types"):
        guessed(Item(), CARELESS._chance("label", KNOWN[0].item))


def test_the_truth_agrees_with_itself() -> None:
    assert all(isinstance(known, Known) and known.agrees(known.label) for known in KNOWN)
