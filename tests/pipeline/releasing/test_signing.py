"""Signatures: by those who may, over what they looked at, and for nothing else."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context
from pipeline.releasing.gates import falls_short
from pipeline.releasing.signing import sign, signatures_of, with_signatures
from pipeline.store import Store
from schemas.errors import GateRefused, UsageError
from schemas.facts import PersonFact
from schemas.manifest import Manifest
from schemas.project import parse_project
from schemas.releases import SignatureFact
from tests.pipeline.papers.described import described

START = datetime(2026, 3, 5, 10, tzinfo=UTC)
PEOPLE = [
    {"name": "Rosa Weber", "email": "rosa@lab.example", "role": "lead"},
    {"name": "tom", "email": "tom@lab.example", "role": "lead"},
    {"name": "ada", "role": "adjudicator"},
    {"name": "Benedict", "role": "annotator"},
]
SHORT = {
    "name": "alpha.preference_pair",
    "asked": 0.8,
    "met": False,
    "said": "at least 0.8 was expected, found 0.71",
}
MET = {"name": "error", "asked": 0.1, "met": True, "said": "at most 10 % was expected, found 2.0 %"}
WHY = "the pilot is for looking at, not for training"


class Effort:
    """A project with people, and a candidate that falls short of one gate."""

    def __init__(
        self, sign_off: Iterable[str] = (), people: Iterable[Any] = PEOPLE, *, short: bool = True
    ) -> None:
        seconds = itertools.count()
        project = parse_project(
            {"name": "p", "people": list(people), "release": {"requires": {"sign_off": list(sign_off)}}}
        )
        self.store = Store(":memory:")
        self.ctx = Context(
            folder=Path(),
            project=project,
            store=self.store,
            connect=lambda: pytest.fail("nothing is asked of Label Studio"),
            clock=lambda: START + timedelta(seconds=next(seconds)),
        )
        self.gates = [SHORT, MET] if short else [MET]

    def candidate(self, **changes: Any) -> Manifest:
        """The release as it would be now, with what was signed of it."""
        found = described(policies={"gates": self.gates}, **changes)
        signed = signatures_of(self.store, found.version, found.content)
        return with_signatures(found, signed, self.ctx.project.release.requires.sign_off, self.ctx)

    def sign(self, name: str, exception: str | None = None, **changes: Any) -> SignatureFact:
        return sign(self.ctx, self.candidate(**changes), name, exception)[0]

    def short(self, **changes: Any) -> list[str]:
        return [gate.name for gate in falls_short(self.candidate(**changes))]


def test_a_lead_signs_what_meets_its_gates() -> None:
    effort = Effort(sign_off=["lead"], short=False)
    assert effort.short() == ["sign_off"]
    fact = effort.sign("Rosa Weber")
    assert (fact.role, fact.exception, fact.digest, fact.waived) == ("lead", None, "c" * 32, ())
    assert effort.short() == []
    assert [one.role for one in effort.candidate().signatures] == ["lead"]


def test_what_falls_short_is_not_signed_without_a_reason() -> None:
    effort = Effort()
    with pytest.raises(GateRefused) as refused:
        effort.sign("tom")
    assert "release.requires.alpha.preference_pair: at least 0.8 was expected, found 0.71" in str(
        refused.value
    )
    assert "--exception WHY" in str(refused.value)
    assert effort.store.count("signatures") == 0


def test_an_exception_is_for_the_gates_that_fell_short_then() -> None:
    effort = Effort()
    assert effort.sign("tom", WHY).waived == ("alpha.preference_pair",)
    assert effort.short() == []
    assert effort.candidate().policies.gates[0].exception == WHY
    effort.gates = [SHORT, {**MET, "met": False}]
    assert effort.short() == ["error"]


def test_a_signature_is_for_nothing_once_the_rows_are_others() -> None:
    effort = Effort(sign_off=["lead"])
    effort.sign("tom", WHY)
    assert effort.short() == []
    assert effort.short(content="e" * 32) == ["alpha.preference_pair", "sign_off"]
    assert effort.short(version="0.3.0") == ["alpha.preference_pair", "sign_off"]


def test_an_exception_for_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="it meets all; leave it out"):
        Effort(short=False).sign("tom", WHY)


def test_whoever_signs_twice_has_signed_once() -> None:
    effort = Effort(short=False)
    first, new = sign(effort.ctx, effort.candidate(), "tom")
    assert new
    assert sign(effort.ctx, effort.candidate(), "tom") == (first, False)
    assert effort.store.count("signatures") == 1


@pytest.mark.parametrize("name", ["ada", "Benedict"])
def test_only_leads_sign_unless_others_are_asked_for(name: str) -> None:
    with pytest.raises(UsageError, match="a lead was expected"):
        Effort(short=False).sign(name)
    role = {"ada": "adjudicator", "Benedict": "annotator"}[name]
    assert Effort(sign_off=[role], short=False).sign(name).role == role
    assert Effort(sign_off=[name], short=False).sign(name).role == role


def test_nobody_but_a_lead_signs_an_exception() -> None:
    with pytest.raises(UsageError, match="a lead was expected to sign an exception, is adjudicator"):
        Effort(sign_off=["adjudicator"]).sign("ada", WHY)


def test_somebody_unknown_signs_nothing() -> None:
    with pytest.raises(UsageError, match="nobody is called 'Toom'"):
        Effort(short=False).sign("Toom")


def test_where_nobody_is_named_anybody_signs_as_a_lead() -> None:
    assert Effort(sign_off=["lead"], people=[], short=False).sign("grace").role == "lead"


def test_two_leads_are_two_people() -> None:
    effort = Effort(sign_off=["lead", "lead"], short=False)
    effort.sign("tom")
    assert "without 1 lead" in effort.candidate().policies.gates[-1].said
    effort.sign("Rosa Weber")
    assert effort.short() == []


def test_a_name_is_met_by_that_person_alone_and_is_told_by_the_role() -> None:
    effort = Effort(sign_off=["lead", "Rosa Weber"], short=False)
    effort.sign("Rosa Weber")
    assert effort.short() == ["sign_off"]
    effort.sign("tom")
    candidate = effort.candidate()
    assert falls_short(candidate) == []
    assert candidate.policies.gates[-1].asked == ["lead", "lead"]
    assert "Rosa" not in candidate.model_dump_json()


def test_nobody_is_named_in_the_store_and_all_stay_who_they_are() -> None:
    effort = Effort(sign_off=["Rosa Weber"], short=False)
    first = effort.sign("rosa@lab.example")
    account = {"annotator": "ann-1", "server": "s", "person_id": 1, "email": "rosa@lab.example", "name": "R"}
    effort.store.put([PersonFact.model_validate({**account, "simulated": False, "seen_at": START})])
    assert effort.sign("ann-1") == first
    assert "rosa" not in first.model_dump_json().casefold()
    assert effort.short() == []


def test_a_name_that_is_asked_for_and_unknown_is_an_error() -> None:
    effort = Effort(sign_off=["Rosa Webber"], short=False)
    with pytest.raises(UsageError, match=r"release\.requires\.sign_off.*Rosa Weber"):
        effort.candidate()


@pytest.mark.parametrize(
    "text", ["", "two\nlines", "x" * 401, " padded", "Benedict was ill", "ask Rosa@lab.example"]
)
def test_an_exception_is_one_line_that_names_nobody(text: str) -> None:
    with pytest.raises(UsageError, match="--exception"):
        Effort().sign("tom", text)


def test_what_was_signed_later_is_not_in_what_was_signed_by_then() -> None:
    effort = Effort(short=False)
    first = effort.sign("tom")
    effort.sign("Rosa Weber")
    assert len(signatures_of(effort.store, "0.2.0", "c" * 32)) == 2
    assert signatures_of(effort.store, "0.2.0", "c" * 32, first.signed_at) == (first,)
