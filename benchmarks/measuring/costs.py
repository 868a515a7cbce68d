"""What a step costs, on both sides of the wire, and Label Studio by HTTP with nothing around it."""

import logging
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pipeline.label_studio.server import Server


@dataclass(frozen=True)
class Cost:
    """What a step took; `megabytes` is the most memory that its process ever had."""

    done: int
    seconds: float
    cpu: float
    server_cpu: float
    requests: int
    megabytes: float

    @property
    def all_cpu(self) -> float:
        """Of both sides."""
        return self.cpu + self.server_cpu

    def __str__(self) -> str:
        return (
            f"{self.done:9,} done {self.seconds:8.2f} s {self.cpu:8.2f} s CPU {self.server_cpu:8.2f} s CPU there "
            f"{self.requests:5} requests {self.megabytes:5.0f} MB"
        )


class Asked(logging.Handler):
    """Counts the requests that go over the wire, as the HTTP library tells of them."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        log = logging.getLogger("httpx")
        log.setLevel(logging.INFO)
        log.addHandler(self)
        log.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        del record
        self.count += 1


def alone(step: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - what the step gives
    """Do a step in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(step, *given).result()


def cpu_of(there: Server) -> float:
    """Seconds of CPU that the server's processes have used."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        if int(fields[3]) == there.pid:  # its session
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def bare(there: Server) -> httpx.Client:
    """Label Studio by HTTP and nothing else."""
    headers = {"Authorization": f"Token {there.token}", "Content-Type": "application/json"}
    return httpx.Client(base_url=there.url, headers=headers, timeout=600, trust_env=False)


def post(http: httpx.Client, project_id: int, body: bytes) -> httpx.Response:
    """Import tasks."""
    params = {"commit_to_project": "true", "return_task_ids": "true"}
    return http.post(f"/api/projects/{project_id}/import", params=params, content=body).raise_for_status()
