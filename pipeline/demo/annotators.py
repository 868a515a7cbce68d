"""Simulated people at work: they ask Label Studio's own queue for the next task and submit what they say of it."""

import random
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import httpx

from pipeline.demo.people import ADJUDICATOR, PEOPLE, SimulatedPerson
from pipeline.demo.truth import Known
from pipeline.label_studio.base import UID
from schemas.base import Frozen, Label
from schemas.errors import LabelStudioRefused, LabelStudioUnreachable
from tasks import task_types
from tasks._adjudication import Adjudication, Decision
from tasks.base import Region

_AGAIN = "run the demo again: it goes on where it stopped"


class Handed(Frozen):
    """A task that the queue hands to somebody."""

    id: int
    uid: str
    """Our id of the task, or of the adjudication."""


class Seat(Protocol):
    """One person's place in Label Studio: what they can do there with an account of their own."""

    def next_task(self, project_id: int) -> Handed | None:
        """The task that the queue has for them; None where it has none."""

    def submit(self, task_id: int, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        """Answer a task."""


class HttpSeat:
    """A place in a Label Studio on this machine, by plain HTTP."""

    def __init__(self, url: str, token: str) -> None:
        # Django's own server sends head and body apart, and on a kept connection the body waits 40 ms for the
        # head's acknowledgement: a connection for each request halves the time of the demo.
        headers = {"Authorization": f"Token {token}", "Connection": "close"}
        self._http = httpx.Client(base_url=f"{url}/", headers=headers, timeout=120, trust_env=False)

    def next_task(self, project_id: int) -> Handed | None:
        answer = self._ask("GET", f"api/projects/{project_id}/next")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        said = _expect(answer, httpx.codes.OK)
        return Handed(id=said["id"], uid=str(said["data"].get(UID)))

    def submit(self, task_id: int, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        body = {"result": list(result), "lead_time": lead_seconds}
        _expect(self._ask("POST", f"api/tasks/{task_id}/annotations/", body), httpx.codes.CREATED)

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            return self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise LabelStudioUnreachable(
                f"Label Studio at {self._http.base_url}: an answer was expected, "
                f"found {str(error) or type(error).__name__}; {_AGAIN}"
            ) from error


class Annotator:
    """A simulated person in their seat, with the projects that may still have something for them."""

    def __init__(self, person: SimulatedPerson, seat: Seat, project_ids: Sequence[int]) -> None:
        self._person = person
        self._seat = seat
        self._open = list(project_ids)
        self._whim = random.Random(person.seed)  # noqa: S311 - a simulation, repeatable on purpose

    def turn(self, known: Mapping[str, Known]) -> bool:
        """Answer one task, of whichever project they feel like; False once there is none for them anywhere."""
        while self._open:
            project_id = self._whim.choice(self._open)
            handed = self._seat.next_task(project_id)
            if handed is not None:
                self._answer(handed, known.get(handed.uid))
                return True
            self._open.remove(project_id)
        return False

    def _answer(self, handed: Handed, known: Known | None) -> None:
        if known is None:
            raise LabelStudioRefused(
                f"task {handed.id} in Label Studio: a task of the demo's was expected, found somebody else's; "
                f"delete it there and {_AGAIN}"
            )
        label = self._person.label(known.item, known.label)
        seconds = self._person.lead_seconds(known.task_type, known.item)
        self._seat.submit(handed.id, self._say(known, label), seconds)

    def _say(self, known: Known, label: Label) -> Sequence[Region]:
        return task_types()[known.task_type].result(label)


class Adjudicator(Annotator):
    """A simulated person who decides what others came to no label on."""

    def _say(self, known: Known, label: Label) -> Sequence[Region]:
        return Adjudication(task_types()[known.task_type]).result(Decision(label=label))


def work(seats: Sequence[Seat], project_ids: Sequence[int], known: Mapping[str, Known]) -> Iterator[None]:
    """Let PEOPLE, each in their seat, label in turns until the queue has nothing for any of them.

    One at a time: on SQLite the queue hands one task to several who ask at once.

    Args:
        seats: One for each of PEOPLE.
        project_ids: Label Studio's projects.
        known: By our task id: the item and its true label, for every task in the projects.

    Yields:
        None after each answer.
    """
    waiting = deque(Annotator(person, seat, project_ids) for person, seat in zip(PEOPLE, seats, strict=True))
    while waiting:
        annotator = waiting.popleft()
        if annotator.turn(known):
            waiting.append(annotator)
            yield


def decide(seat: Seat, project_ids: Iterable[int], known: Mapping[str, Known]) -> Iterator[None]:
    """Let ADJUDICATOR decide one case of each of these projects; one that is named twice gives two.

    Yields:
        None after each decision.
    """
    for project_id in project_ids:
        if Adjudicator(ADJUDICATOR, seat, [project_id]).turn(known):
            yield


def _expect(answer: httpx.Response, status: int) -> Any:  # noqa: ANN401 - any JSON
    if answer.status_code != status:
        raise LabelStudioRefused(
            f"Label Studio at {answer.url}: {status} was expected for a simulated annotator, "
            f"found {answer.status_code}; {_AGAIN}"
        )
    return answer.json()
