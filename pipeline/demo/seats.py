"""The simulated people's places at the door: by plain HTTP, as a browser would, each by a link of their own."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from pipeline.demo.annotators import AGAIN, Handed
from pipeline.ledger.leases import Lease
from schemas.errors import LabelStudioRefused, LabelStudioUnreachable
from tasks import task_types

NEXT = "Headrace-Next"
PAGE = re.compile(r"/projects/(\d+)/data\b.*")
WAITS = 20
"""How often one who asks too fast for the door waits, and asks again."""


class DoorSeat:
    """A person's place at the door of this machine.

    Args:
        address: Of the door.
        link: Theirs; it is exchanged for a session as they first ask.
        in_hand: What the door's ledger says is in their hands: the door does not tell which task it is, and whoever
            makes up a person must know.
    """

    def __init__(self, address: str, link: str, in_hand: Callable[[], Lease | None]) -> None:
        self._link, self._in_hand = link, in_hand
        self._project: int | None = None
        headers = {"Origin": address, "Accept": "text/html, application/json"}
        self._http = httpx.Client(base_url=f"{address}/", headers=headers, timeout=120, trust_env=False)

    def next_task(self) -> Handed | None:
        """The task that the door hands to them; None where it has none now."""
        if self._link:
            self._enter()
        if self._project is None and not self._open_page("desk/next"):
            return None
        answer = self._ask("POST", f"api/dm/actions?id=next_task&tabID=1&project={self._project}")
        if answer.status_code == httpx.codes.NOT_FOUND:  # as the page does: on to where the next one lies
            if not self._open_page(answer.headers.get(NEXT, "/desk/")):
                return None
            answer = self._ask("POST", f"api/dm/actions?id=next_task&tabID=1&project={self._project}")
        shown, lease = _expect(answer, httpx.codes.OK).json(), self._in_hand()
        return Handed(id=shown["id"], uid=lease.uid, purpose=lease.purpose) if lease else None

    def submit(self, handed: Handed, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        """Answer it; where left and right are changed over for them, so is what they say."""
        said, lease = [dict(region) for region in result], self._in_hand()
        if lease is not None and lease.swapped:
            said = task_types()[lease.task_type].mirrored_result(said) or said
        path = f"api/tasks/{handed.id}/annotations/?project={self._project}"
        _expect(self._ask("POST", path, {"result": said, "lead_time": lead_seconds}), httpx.codes.CREATED)

    def close(self) -> None:
        """Let go of the connection; the session goes on."""
        self._http.close()

    def _enter(self) -> None:
        _expect(self._ask("GET", self._link), httpx.codes.OK)
        _expect(self._ask("POST", self._link), httpx.codes.SEE_OTHER)
        _expect(self._ask("GET", "desk/"), httpx.codes.OK)
        self._link = ""

    def _open_page(self, path: str) -> bool:
        """Go to the next task's page; False where one is sent to the work page instead."""
        self._project = None
        answer = self._ask("GET", path)
        found = PAGE.fullmatch(answer.headers.get("location", ""))
        if found is None:
            return False
        _expect(self._ask("GET", found[0]), httpx.codes.OK)
        self._project = int(found[1])
        return True

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        for _ in range(WAITS):
            answer = self._once(method, path, body)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                return answer
            time.sleep(float(answer.headers.get("retry-after", "1")))
        return self._once(method, path, body)

    def _once(self, method: str, path: str, body: object) -> httpx.Response:
        try:
            return self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise LabelStudioUnreachable(
                f"the door at {self._http.base_url}: an answer was expected, "
                f"found {str(error) or type(error).__name__}; {AGAIN}"
            ) from error


def _expect(answer: httpx.Response, status: int) -> httpx.Response:
    if answer.status_code != status:
        raise LabelStudioRefused(
            f"the door at {answer.url.host}:{answer.url.port}: {status} was expected for a simulated annotator, "
            f"found {answer.status_code}; {AGAIN}"
        )
    return answer
