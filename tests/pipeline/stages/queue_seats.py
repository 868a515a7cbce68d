"""People's places at Label Studio's own queue, by plain HTTP: what they have where there is no door."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from pipeline.label_studio.base import UID
from schemas.base import Frozen
from schemas.errors import LabelStudioRefused, LabelStudioUnreachable


class Handed(Frozen):
    """A task that the queue hands to somebody."""

    id: int
    uid: str
    """Our id of the task, or of the adjudication."""


class QueueSeat:
    """A place in a Label Studio on this machine, by plain HTTP."""

    def __init__(self, url: str, token: str) -> None:
        # Django's own server sends head and body apart, and on a kept connection the body waits 40 ms for the
        # head's acknowledgement: a connection for each request halves the time.
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
                f"found {str(error) or type(error).__name__}"
            ) from error


def _expect(answer: httpx.Response, status: int) -> Any:
    if answer.status_code != status:
        raise LabelStudioRefused(
            f"Label Studio at {answer.url}: {status} was expected for an annotator, "
            f"found {answer.status_code}"
        )
    return answer.json()
