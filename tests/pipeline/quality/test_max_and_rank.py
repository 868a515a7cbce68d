"""Settling by the highest severity, by mean rank, and where people take a way out."""

from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from pipeline.quality.consensus import Settled, settle
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.overlap import demand
from schemas.base import Label
from schemas.project import Overlap
from tasks import _escape
from tasks._escape import Escapable, Escape
from tasks.code_review import CodeReview
from tasks.preference_pair import PreferencePair, PreferencePairLabel
from tests.pipeline.quality.voting import settled, votes

a_few = settings(deadline=None, max_examples=20)


class SeverityLabel(Escapable):
    """Two severities, a flag and a note."""

    verdicts: ClassVar[tuple[str, ...]] = ("vague", "unfair")
    vague: Annotated[int, Field(ge=0, le=3)] | None = None
    unfair: Annotated[int, Field(ge=0, le=3)] | None = None
    other: bool = False
    note: str = ""


class Severity(CodeReview):
    """Code review as if it asked how severe an issue's faults are."""

    name = "severity"
    label = SeverityLabel  # type: ignore[assignment] # stands in for another one
    agreed = "max"  # type: ignore[assignment] # as above
    tolerance = 0.0

    def distance(self, a: Any, b: Any) -> float:
        apart = _escape.apart(a, b)
        return apart if apart is not None else (abs(a.vague - b.vague) + abs(a.unfair - b.unfair)) / 6


class OrderLabel(Label):
    """The place of each answer, ties sharing one."""

    order: tuple[float, ...]


class Order(PreferencePair):
    """Preference as if it asked for an order of answers."""

    name = "order"
    label = OrderLabel  # type: ignore[assignment] # stands in for another one
    agreed = "rank"  # type: ignore[assignment] # as above
    tolerance = 0.25

    def distance(self, a: Any, b: Any) -> float:
        if len(a.order) != len(b.order):
            return 1.0
        pairs = [(x, y) for x in range(len(a.order)) for y in range(x)]
        return sum(abs(_side(a, *p) - _side(b, *p)) / 2 for p in pairs) / max(len(pairs), 1)

    def places(self, label: Any) -> tuple[float, ...]:
        return tuple(label.order)

    def ranked(self, places: Any) -> Any:
        shared = [[at for at, one in enumerate(sorted(places), 1) if one == place] for place in places]
        return OrderLabel(order=tuple(sum(each) / len(each) for each in shared))


def _side(label: OrderLabel, x: int, y: int) -> int:
    return (label.order[x] > label.order[y]) - (label.order[x] < label.order[y])


SEVERITY, ORDER, PAIR = Severity(), Order(), PreferencePair()
BAD, CANNOT = (
    SeverityLabel(escape=Escape(kind="bad_problem")),
    SeverityLabel(escape=Escape(kind="cannot_judge")),
)


def found(vague: int, unfair: int, note: str = "", *, other: bool = False) -> SeverityLabel:
    return SeverityLabel(vague=vague, unfair=unfair, note=note, other=other)


def test_the_highest_severity_is_taken_field_by_field() -> None:
    said = settled(SEVERITY, found(0, 2, "b"), found(3, 0, "a", other=True), found(1, 1, "a"))
    assert said.method == "max"
    assert said.label == found(3, 2, "a\nb", other=True)


def test_people_who_say_the_same_severity_are_unanimous() -> None:
    assert settled(SEVERITY, found(1, 0), found(1, 0)) == Settled(found(1, 0), "unanimous", 1.0)


def test_a_third_is_asked_where_two_say_different_severities() -> None:
    overlap = Overlap(policy="third_on_disagreement")
    model = OneCoin(expected=0.85, accuracies={})
    for said, wanted in (((found(1, 0), found(1, 0)), 2), ((found(1, 0), found(2, 0)), 3)):
        assert demand(SEVERITY, overlap, votes(*said), audited=False, model=model).votes == wanted


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ((BAD, BAD, found(3, 3)), BAD),
        ((BAD, found(1, 0), found(2, 0)), found(2, 0)),
        ((BAD, found(1, 0)), None),
        ((BAD, CANNOT), None),
        ((BAD, CANNOT, found(1, 0)), None),
        ((CANNOT,), CANNOT),
    ],
)
def test_a_way_out_is_agreed_on_by_more_than_half_and_counts_against_the_rest(
    said: tuple[Label, ...], stands: Label | None
) -> None:
    assert settled(SEVERITY, *said).label == stands


def ordered(*places: float) -> OrderLabel:
    return OrderLabel(order=places)


def test_the_mean_of_the_places_decides() -> None:
    said = settled(ORDER, ordered(1, 2, 3, 4), ordered(1, 3, 2, 4), ordered(1, 2, 3, 4))
    assert (said.label, said.method) == (ordered(1, 2, 3, 4), "rank")


def test_equal_means_are_tied() -> None:
    assert settled(ORDER, ordered(1, 2, 3, 4), ordered(1, 3, 2, 4)).label == ordered(1, 2.5, 2.5, 4)


def test_opposite_orders_settle_nothing() -> None:
    assert settled(ORDER, ordered(1, 2, 3), ordered(3, 2, 1)).label is None


def test_a_heavier_vote_moves_the_mean() -> None:
    said = settled(ORDER, ordered(1, 2, 3, 4), ordered(1, 3, 2, 4), weights=(2.0, 1.0))
    assert said.label == ordered(1, 2, 3, 4)


def test_orders_of_different_lengths_settle_nothing() -> None:
    assert settled(ORDER, ordered(1, 2), ordered(1, 2, 3)).label is None


@a_few
@given(st.permutations(range(1, 6)), st.integers(2, 5))
def test_one_order_said_by_all_is_the_order(order: list[int], people: int) -> None:
    label = ordered(*map(float, order))
    assert settle(ORDER, votes(*[label] * people)) == Settled(label, "unanimous", 1.0)


def test_severities_of_another_kind_are_for_the_type_to_settle() -> None:
    class Odd(SeverityLabel):
        where: tuple[int, ...] = ()

    class OddSeverity(Severity):
        label = Odd

    with pytest.raises(TypeError, match="task type should say itself"):
        settle(OddSeverity(), votes(Odd(vague=1, unfair=1, where=(1,)), Odd(vague=1, unfair=1, where=(2,))))


def test_the_ways_of_others_are_unknown_to_a_type() -> None:
    with pytest.raises(TypeError, match="preference_pair"):
        PAIR.worst([PreferencePairLabel(preference=1)])
    with pytest.raises(TypeError, match="code_review"):
        CodeReview().ranked([1.0])
