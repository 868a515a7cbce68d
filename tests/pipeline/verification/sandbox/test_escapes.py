"""Nothing gets out of the sandbox, whoever runs it: root, and a normal user."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.verification.sandbox.bubblewrap import Interpreter, interpreter, open_to_all
from tests.pipeline.verification.sandbox.attacks import ATTACKS, OF_PROGRAMS
from tests.pipeline.verification.sandbox.endings import ENDED

RUNNER = Path(__file__).with_name("attacking.py")
NORMAL = 54_321
"""A user without a name, who owns nothing."""
SECRET = b"only for the host"
"""What the file holds that programs try to read."""

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not on this machine"
)


@pytest.fixture(scope="module")
def host() -> Iterator[dict[str, Any]]:
    """What there is to get at: a secret, a folder, and somebody who listens; then whether anything was got at."""
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as listening:
        folder = Path(name)
        folder.chmod(0o777)
        secret = folder / "secret"
        secret.write_bytes(SECRET)
        secret.chmod(0o666)
        yield {"secret": str(secret), "folder": name, "port": listening.getsockname()[1], "pid": os.getpid()}
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()
        assert secret.read_bytes() == SECRET
        assert [one.name for one in folder.iterdir()] == ["secret"]


def run_as(user: str, host: dict[str, Any]) -> dict[str, Any]:
    sources = {**ATTACKS, **{name: source for name, (source, _) in ENDED.items()}}
    who: dict[str, Any] = {}
    if user == "normal user" and os.geteuid() == 0:
        who = {"user": NORMAL, "group": NORMAL, "extra_groups": []}
    python: Interpreter = interpreter()
    ran = subprocess.run(
        [python.path, str(RUNNER)],
        input=json.dumps(
            {"attacks": sources, "by_tests": sorted({*ATTACKS} - {OF_PROGRAMS}), "host": host}
        ).encode(),
        capture_output=True,
        check=False,
        timeout=280,
        cwd="/",
        **who,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.fixture(scope="module", params=["root", pytest.param("normal user", marks=pytest.mark.proof)])
def ran(request: pytest.FixtureRequest, host: dict[str, Any]) -> dict[str, Any]:
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("these tests are not run by root")
    if not open_to_all(RUNNER.parent):
        pytest.skip("other users may not read these tests")
    return run_as(request.param, host)


@pytest.fixture(scope="module")
def found(ran: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What became of each attack."""
    outcomes: dict[str, dict[str, Any]] = ran["found"]
    return outcomes


@needs_bubblewrap
@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_an_attack_gets_nothing_done(attack: str, found: dict[str, dict[str, Any]]) -> None:
    assert found[attack]["outcome"] == "passed", found[attack]


@needs_bubblewrap
@pytest.mark.parametrize("attack", sorted({*ATTACKS} - {OF_PROGRAMS}))
def test_an_attack_by_the_tests_gets_nothing_done_either(attack: str, ran: dict[str, Any]) -> None:
    assert ran["by_tests"][attack]["outcome"] == "passed", ran["by_tests"][attack]


@needs_bubblewrap
@pytest.mark.parametrize("attack", sorted(ENDED))
def test_what_does_not_end_is_ended(attack: str, found: dict[str, dict[str, Any]]) -> None:
    assert found[attack]["outcome"] in ENDED[attack][1], found[attack]


@needs_bubblewrap
def test_after_each_attack_the_next_program_runs_as_ever(found: dict[str, dict[str, Any]]) -> None:
    assert {name: one["next"] for name, one in found.items() if one["next"] != "passed"} == {}
    assert len(found) == len(ATTACKS) + len(ENDED)


@needs_bubblewrap
def test_no_attack_takes_more_than_its_share(found: dict[str, dict[str, Any]]) -> None:
    assert {name: one for name, one in found.items() if one["seconds"] > 2.6} == {}
    assert {name: one for name, one in found.items() if one["memory"] > 300 * 2**20} == {}


@needs_bubblewrap
def test_when_the_sandbox_is_down_nothing_of_it_is_left(ran: dict[str, Any]) -> None:
    assert ran["started"] >= 4
    assert ran["left"] == []
