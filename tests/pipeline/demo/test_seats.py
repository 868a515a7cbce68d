"""A simulated person's place at the door, before a stand-in that answers as the door does."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import pytest

from pipeline.demo.seats import NEXT, DoorSeat
from pipeline.ledger.leases import Lease
from schemas.errors import LabelStudioRefused, LabelStudioUnreachable

LINK = "/in/token"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Door:
    """Answers, in order, to calls by method and path; it remembers what it was asked."""

    answers: dict[str, list[tuple[int, dict[str, str], Any]]]
    asked: list[str] = field(default_factory=list)
    origins: set[str | None] = field(default_factory=set)
    said: list[Any] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[str]:
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                door.asked.append(f"{self.command} {self.path}")
                if self.command == "POST":
                    door.origins.add(self.headers["Origin"])
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if body:
                    door.said.append(json.loads(body))
                status, headers, content = door.answers[f"{self.command} {self.path.split('?')[0]}"].pop(0)
                text = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET  # noqa: N815 - as the library names it

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
                del format, args

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
            server.server_close()


def lease(task_type: str = "preference_pair", *, swapped: bool = False) -> Lease:
    return Lease(
        uid="task", purpose="label", cell=f"en/{task_type}", task_type=task_type, version=1, attempt=1, project_id=3,
        remote_task_id=7, slot=1, annotator="ann-1", served_at=NOW, expires_at=NOW, term=1.0, seen_at=NOW,
        swapped=swapped, simulated=True, why="",
    )  # fmt: skip


class Seated(Protocol):
    """Gives somebody a place at a door."""

    def __call__(self, address: str, in_hand: Callable[[], Lease | None] = ...) -> DoorSeat: ...


@pytest.fixture
def seated() -> Iterator[Seated]:
    with ExitStack() as opened:

        def seat(address: str, in_hand: Callable[[], Lease | None] = lambda: None) -> DoorSeat:
            return opened.enter_context(closing(DoorSeat(address, f"{address}{LINK}", in_hand)))

        yield seat


def entrance() -> dict[str, list[tuple[int, dict[str, str], Any]]]:
    return {
        f"GET {LINK}": [(200, {}, "Start")],
        f"POST {LINK}": [(303, {"Location": "/desk/"}, "")],
        "GET /desk/": [(200, {}, "")],
    }


def test_somebody_comes_in_and_goes_on_from_project_to_project_as_the_page_does(seated: Seated) -> None:
    ask = "POST /api/dm/actions"
    door = Door(
        entrance()
        | {
            "GET /desk/next": [
                (303, {"Location": "/projects/3/data?labeling=1"}, ""),
                (303, {"Location": "/projects/4/data?labeling=1"}, ""),
            ],
            "GET /projects/3/data": [(200, {}, "")],
            "GET /projects/4/data": [(200, {}, "")],
            ask: [(200, {}, {"id": 70}), (404, {NEXT: "/desk/next"}, ""), (200, {}, {"id": 71})],
            "POST /api/tasks/70/annotations/": [(201, {}, {"id": 1})],
        }
    )
    with door.open() as address:
        seat = seated(address, lease)
        first = seat.next_task()
        assert first is not None
        assert (first.id, first.uid, first.purpose) == (70, "task", "label")
        seat.submit(first, [], 12.0)
        second = seat.next_task()
        assert second is not None
        assert second.id == 71
        assert door.origins == {address}
    asked = [line.split("?")[0] for line in door.asked]
    pages = ["GET /desk/next", "GET /projects/3/data", ask]
    assert asked[:6] == [f"GET {LINK}", f"POST {LINK}", "GET /desk/", *pages]
    assert asked[6:] == [
        "POST /api/tasks/70/annotations/",
        ask,
        "GET /desk/next",
        "GET /projects/4/data",
        ask,
    ]
    assert door.said == [{"result": [], "lead_time": 12.0}]


def test_who_is_sent_back_to_the_work_page_has_nothing_to_do(seated: Seated) -> None:
    door = Door(entrance() | {"GET /desk/next": [(303, {"Location": "/desk/"}, "")]})
    with door.open() as address:
        assert seated(address).next_task() is None


def test_what_is_said_of_a_mirrored_page_is_mirrored(seated: Seated) -> None:
    from tasks import task_types
    from tasks.preference_pair import PreferencePairLabel

    kind = task_types()["preference_pair"]
    one, other = (kind.result(PreferencePairLabel(preference=side)) for side in (-2, 2))
    door = Door(
        entrance()
        | {
            "GET /desk/next": [(303, {"Location": "/projects/3/data?labeling=1"}, "")],
            "GET /projects/3/data": [(200, {}, "")],
            "POST /api/dm/actions": [(200, {}, {"id": 70})],
            "POST /api/tasks/70/annotations/": [(201, {}, {"id": 1})],
        }
    )
    with door.open() as address:
        seat = seated(address, lambda: lease(swapped=True))
        handed = seat.next_task()
        assert handed is not None
        seat.submit(handed, one, 12.0)
    assert door.said[0]["result"] == other != one


def test_who_asks_too_fast_waits_and_asks_again(seated: Seated) -> None:
    door = Door(
        entrance()
        | {"GET /desk/next": [(429, {"Retry-After": "0.01"}, ""), (303, {"Location": "/desk/"}, "")]}
    )
    with door.open() as address:
        assert seated(address).next_task() is None
    assert door.asked.count("GET /desk/next") == 2


def test_a_link_that_is_used_up_and_a_door_that_is_shut_are_one_line_each(seated: Seated) -> None:
    door = Door({f"GET {LINK}": [(410, {}, "")]})
    with door.open() as address:
        with pytest.raises(LabelStudioRefused, match="200 was expected for a simulated annotator, found 410"):
            seated(address).next_task()
        shut = address
    with pytest.raises(LabelStudioUnreachable, match="an answer was expected") as refused:
        seated(shut).next_task()
    assert "\n" not in str(refused.value)
