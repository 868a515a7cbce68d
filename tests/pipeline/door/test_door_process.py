"""The door's process: started once, found again, never taken for another; no Label Studio stands behind it."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pipeline.door import process
from pipeline.door.process import Wish
from pipeline.door.running import without_secrets
from pipeline.label_studio import outside
from pipeline.label_studio import process as processes
from pipeline.ledger import standing
from pipeline.ledger.keys import Keys
from pipeline.ledger.place import LedgerPlace
from pipeline.ledger.state import Door, DoorHome, wanted
from schemas.errors import LabelStudioError
from tests.pipeline.tried import PROJECT

UP = "import sys; from pathlib import Path; from pipeline.door import process; "
UP += "print(process.up(Path(sys.argv[1]), 'http://127.0.0.1:1', process.Wish(port=int(sys.argv[2]))).pid)"
NOWHERE = "http://127.0.0.1:1"
"""Where no Label Studio answers."""


@contextmanager
def port_in_use() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def free_port() -> int:
    with port_in_use() as port:
        return port


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder whose door is shut at the end, whatever the test did."""
    for variable in (outside.URL_VARIABLE, outside.TOKEN_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "project.toml").write_text(PROJECT)
    yield folder
    process.down(folder)


def up(folder: Path, **wish: object) -> tuple[Door, list[str]]:
    told: list[str] = []
    return process.up(folder, NOWHERE, Wish.model_validate(wish), told.append), told


def opened(folder: Path) -> Door:
    """A door on a free port."""
    return up(folder, port=free_port())[0]


def kill(pid: int | None) -> None:
    """End a door as a crash would."""
    assert pid is not None
    born = processes.birth(pid)
    os.kill(pid, signal.SIGKILL)
    assert processes.gone(pid, str(born), 10)


def answer(door: Door, path: str = "/healthz", **headers: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{door.port}{path}", headers=headers, trust_env=False)


def test_it_opens_and_shuts(project: Path) -> None:
    assert standing.status(project) == standing.DoorStatus(wanted=False, running=False)
    assert wanted(project) is None
    door, told = up(project, port=free_port())
    address = f"http://127.0.0.1:{door.port}"
    assert told == [f"the door is open at {address}"]
    assert answer(door).json() == {"ok": True}
    assert standing.status(project) == standing.DoorStatus(
        wanted=True, running=True, addresses=(address,), pid=door.pid
    )
    assert process.down(project) is True
    assert standing.status(project) == standing.DoorStatus(wanted=True, running=False, addresses=(address,))
    assert process.down(project) is False


def test_a_second_up_joins_the_first(project: Path) -> None:
    door = opened(project)
    again, told = up(project)
    assert again == door
    assert told == [f"the door is open already, at http://127.0.0.1:{door.port}"]


def test_two_ups_at_once_open_one_door(project: Path) -> None:
    command = [sys.executable, "-c", UP, str(project), str(free_port())]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert {one.communicate()[0] for one in both} == {f"{standing.status(project).pid}\n"}


def test_after_a_crash_it_opens_at_the_same_address_and_who_was_in_is_in(project: Path) -> None:
    door = opened(project)
    place = LedgerPlace(project)
    entered = Keys(place).enter(Keys(place).link("ann-1"), "annotator")
    assert entered is not None
    kill(door.pid)
    found = standing.status(project)
    assert (found.running, found.pid, found.wanted) == (False, None, True)
    again, _ = up(project)
    assert again.pid != door.pid
    assert again.port == door.port
    assert Keys(place).session(entered[0]) is not None
    place.close()


def test_shut_for_good_it_is_not_wanted_any_more_until_it_is(project: Path) -> None:
    door = opened(project)
    assert process.down(project, for_good=True) is True
    assert wanted(project) is None
    again, _ = up(project)
    assert (again.port, wanted(project) is not None) == (door.port, True)


def test_a_process_that_was_given_the_old_id_is_left_alone(project: Path) -> None:
    opened(project)
    process.down(project)
    home = DoorHome(project)
    shut = home.read()
    assert shut is not None
    with subprocess.Popen(["sleep", "60"]) as stranger:
        for born in ("1", processes.birth(stranger.pid)):
            home.write(shut.replace(pid=stranger.pid, born=born))
            assert standing.status(project).pid is None
            assert process.down(project) is False
        home.write(shut.replace(pid=stranger.pid, born="1"))
        assert up(project)[0].pid != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


def test_a_port_in_use_is_one_line_and_the_open_door_stays_open(project: Path) -> None:
    with port_in_use() as port:
        for _ in range(2):
            with pytest.raises(LabelStudioError, match=f"port {port} should be free.*--door-port") as raised:
                up(project, port=port)
            assert "\n" not in str(raised.value)
    door = opened(project)
    with port_in_use() as port, pytest.raises(LabelStudioError):
        up(project, port=port)
    assert standing.status(project).pid == door.pid
    assert answer(door).json() == {"ok": True}


def test_only_before_the_first_link_a_free_port_is_looked_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with port_in_use() as port:
        monkeypatch.setattr(process, "_FIRST_PORT", port)
        door, told = up(project)
        assert door.port > port
        assert told[0] == f"port {port} is in use: taking {door.port}"
    process.down(project)
    with (
        socket.create_server(("127.0.0.1", door.port)),
        pytest.raises(LabelStudioError, match="links that were"),
    ):
        up(project)


@pytest.mark.proof
def test_asked_for_otherwise_it_is_opened_anew(project: Path) -> None:
    door = opened(project)
    public, told = up(project, reached_by="web server", public_url="https://labels.example.org")
    assert public.pid != door.pid
    assert public.port == door.port
    assert told[0] == "the door is to be otherwise: closing it, and opening it again"
    assert (public.host, public.is_secure, public.addresses()) == (
        "127.0.0.1",
        True,
        ["https://labels.example.org"],
    )
    assert up(project)[0] == public  # remembered
    back, _ = up(project, reached_by="loopback")
    assert back.public_url is None


@pytest.mark.proof
def test_a_door_of_another_version_is_opened_anew(project: Path) -> None:
    door, home = opened(project), DoorHome(project)
    home.write(door.replace(version="0.0.1"))
    assert up(project)[0].pid != door.pid


def test_it_is_open_to_the_network_where_that_was_asked_for_alone(project: Path) -> None:
    door = opened(project)
    assert listening(door.port) == {"0100007F"}
    lan, _ = up(project, reached_by="lan")
    assert listening(lan.port) == {"00000000"}
    assert all(address.endswith(f":{lan.port}") and "127.0.0.1" not in address for address in lan.addresses())


def listening(port: int) -> set[str]:
    """The addresses at which somebody listens to a port, in the kernel's own words."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("the kernel does not tell here")
    rows = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {
        local.partition(":")[0]
        for local, _, state in rows
        if state == "0A" and local.endswith(f":{port:04X}")
    }


def test_what_lies_there_is_for_its_owner_alone_and_kept_out_of_git(project: Path) -> None:
    opened(project)
    home = DoorHome(project)
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home.file, home.log)} == {0o600}
    assert (home.folder / ".gitignore").read_text() == "*\n"
    assert home.pid.read_text() == f"{standing.status(project).pid}\n"


def test_no_secret_is_on_the_command_line_in_the_log_or_in_what_is_told(project: Path) -> None:
    door, told = up(project, port=free_port())
    place = LedgerPlace(project)
    token = Keys(place).link("ann-1")
    place.close()
    answer(door, f"/in/{token}?x=secret-1")
    answer(door, "/api/tasks/1/?token=secret-2")
    answer(door, "/%zz/in/secret-3", cookie="headrace_door=secret-4")
    with socket.create_connection(("127.0.0.1", door.port)) as raw:
        raw.sendall(b"GET /in/secret-5 HTTP/9.9\r\nsecret-6\r\n\r\n")
        raw.recv(1000)
    home = DoorHome(project)
    seen = f"{told} {home.log.read_text()} {Path(f'/proc/{door.pid}/cmdline').read_text()}"
    assert "the door listens at" in seen
    assert token not in seen
    assert "secret-" not in seen


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("refused GET /in/abc.def for ann-1", "refused GET /in/… for ann-1"),
        ("GET /api/tasks?token=x&y=z done", "GET /api/tasks?… done"),
        ("'http://h/in/abc?x' failed", "'http://h/in/…?…' failed"),
        ("what is meant? nothing", "what is meant? nothing"),
    ],
)
def test_log_lines_lose_what_lets_somebody_in(line: str, shown: str) -> None:
    assert without_secrets(line) == shown


def test_the_shell_gives_it_no_password(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "SECRET_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "1")
    door = opened(project)
    environment = Path(f"/proc/{door.pid}/environ").read_text()
    assert "PATH=" in environment
    for name in ("PGPASSWORD=", "SECRET_KEY=", "PYTHONPATH="):
        assert f"\0{name}" not in environment


def test_a_file_that_is_not_ours_is_one_line(project: Path) -> None:
    home = DoorHome(project)
    home.make()
    for text in ("", "{", '{"port": "x"}', json.dumps({"port": 1, "version": "1", "more": 1})):
        home.file.write_text(text)
        with pytest.raises(LabelStudioError, match="remove it and run headrace up") as raised:
            up(project)
        assert "\n" not in str(raised.value)
    home.file.unlink()


def test_what_a_crash_left_half_made_is_no_hindrance(project: Path) -> None:
    home = DoorHome(project)
    home.make()
    home.file.with_suffix(".part").write_text("{")
    home.pid.write_text("1\n")
    assert answer(opened(project)).json() == {"ok": True}


def test_a_door_that_dies_at_once_says_why_in_one_line(project: Path) -> None:
    (project / "project.toml").write_text("name = 1\n")
    with pytest.raises(
        LabelStudioError, match=r"door: should open, ended \(.*project.toml.*see .*door.log"
    ) as raised:
        up(project, port=free_port())
    assert "\n" not in str(raised.value)
    assert standing.status(project).pid is None


def test_a_folder_that_cannot_be_written_to_is_one_line(project: Path) -> None:
    (project / ".headrace").write_text("a file in its place")
    with pytest.raises(LabelStudioError, match="should be able to write to"):
        up(project)
    (project / ".headrace").unlink()


def test_ended_politely_it_ends_without_a_fault(project: Path) -> None:
    door = opened(project)
    assert door.pid is not None
    os.kill(door.pid, signal.SIGTERM)
    assert processes.gone(door.pid, str(door.born), 60)
    assert "Traceback" not in DoorHome(project).log.read_text()
