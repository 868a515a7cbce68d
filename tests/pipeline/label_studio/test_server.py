"""The embedded server: started once, found again, stopped, never taken for another; live tests start the real one."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import httpx
import pytest

from pipeline.label_studio import outside, process, server
from pipeline.label_studio.state import Home
from schemas.errors import LabelStudioError, LabelStudioUnreachable

UP = """import sys; from pathlib import Path; from pipeline.label_studio import server
print(server.up(Path(sys.argv[1])).pid)"""


@contextmanager
def port_in_use() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def free_port() -> int:
    with port_in_use() as port:
        return port


def up(folder: Path, port: int | None = None) -> tuple[server.Server, list[str]]:
    told: list[str] = []
    return server.up(folder, port=port, report=told.append), told


def change(folder: Path, **values: object) -> None:
    """Write something else into a project's server.json."""
    file = Home(folder).file
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


def kill(pid: int | None) -> None:
    """End a server as a crash would; its port may still be held for a moment when this returns."""
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while (Path("/proc") / str(pid) / "cwd").exists():
        time.sleep(0.001)


def test_it_comes_up_and_goes_down(project: Path) -> None:
    made, told = up(project, free_port())
    assert server.status(project) == server.ServerStatus(
        url=made.url, version="1.23.2", running=True, pid=made.pid
    )
    assert server.connection(project) == (made.url, made.token)
    assert told[-1] == f"Label Studio answers at {made.url}"
    assert server.down(project) is True
    assert server.status(project) == server.ServerStatus(
        url=made.url, version="1.23.2", running=False, pid=None
    )
    assert server.down(project) is False


def test_a_second_up_joins_the_first(project: Path) -> None:
    made, _ = up(project, free_port())
    again, told = up(project)
    assert again == made
    assert told == [f"Label Studio runs already, at {made.url}"]


def test_a_running_server_is_not_moved_to_another_port(project: Path) -> None:
    made, _ = up(project, free_port())
    again, told = up(project, free_port())
    assert again == made
    assert "to move it: headrace down" in told[0]


def test_two_ups_at_once_start_one_server(project: Path) -> None:
    command = [sys.executable, "-c", UP, str(project)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    pids = {one.communicate()[0] for one in both}
    assert len(pids) == 1
    assert pids == {f"{server.status(project).pid}\n"}


def test_secrets_lie_in_one_file_that_only_its_owner_reads(project: Path) -> None:
    made, told = up(project, free_port())
    home = Home(project)
    assert stat.S_IMODE(home.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    assert (home.folder / ".gitignore").read_text() == "*\n"
    seen = f"{made!r} {told} {home.log.read_text()} {Path(f'/proc/{made.pid}/cmdline').read_text()}"
    for secret in (made.token, made.password):
        assert len(secret) >= 20
        assert secret not in seen


def test_each_project_has_secrets_of_its_own(project: Path) -> None:
    (project / "other").mkdir()
    one, other = Home(project).new_server(1), Home(project / "other").new_server(1)
    assert (one.token, one.password) != (other.token, other.password)


def test_the_shell_does_not_reach_into_the_server(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DEBUG", "LABEL_STUDIO_HOST", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "1")
    up(project, free_port())
    names = (Home(project).data / "environment").read_text().split()
    assert "LABEL_STUDIO_COLLECT_ANALYTICS" in names
    assert not {"SECRET_KEY", "DEBUG", "LABEL_STUDIO_HOST", "HTTPS_PROXY", "PYTHONPATH"} & set(names)


def test_one_that_dies_as_up_waits_for_it_is_started_again(project: Path) -> None:
    made, _ = up(project, free_port())
    assert made.pid is not None
    os.kill(made.pid, signal.SIGSTOP)  # there, and silent
    Timer(0.5, os.kill, (made.pid, signal.SIGKILL)).start()
    again, _ = up(project)
    assert (again.pid != made.pid, again.url, server.status(project).running) == (True, made.url, True)


def test_after_a_crash_it_comes_back_at_the_same_address(project: Path) -> None:
    made, _ = up(project, free_port())
    kill(made.pid)
    assert server.status(project).running is False
    with pytest.raises(LabelStudioUnreachable, match="does not; start it with: headrace up"):
        server.connection(project)
    again, _ = up(project)
    assert again.pid != made.pid
    assert (again.url, again.username, again.password, again.token) == (
        made.url,
        made.username,
        made.password,
        made.token,
    )


def test_a_process_that_was_given_the_old_id_is_left_alone(project: Path) -> None:
    up(project, free_port())
    server.down(project)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        for born in ("1", process.birth(stranger.pid)):
            change(project, pid=stranger.pid, born=born)
            assert server.status(project).pid is None
            assert server.down(project) is False
        change(project, pid=stranger.pid, born="1")
        made, _ = up(project)
        assert made.pid != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


def test_a_project_that_moves_while_its_server_runs_still_has_one_server(project: Path) -> None:
    made, _ = up(project, free_port())
    moved = project.rename(project.with_name("moved"))
    try:
        assert server.status(moved).pid == made.pid
        again, told = up(moved)
        assert told[0] == "the project was moved while its Label Studio ran: starting it again"
        assert (again.port, again.token) == (made.port, made.token)
        assert process.birth(made.pid or 0) != made.born
        assert server.status(moved).pid == again.pid
        assert server.down(moved) is True
    finally:
        moved.rename(project)


def test_a_process_is_known_by_its_folder_or_by_its_log(tmp_path: Path) -> None:
    folder, log, other = tmp_path / "data", tmp_path / "log", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    with log.open("wb") as out:
        for at, errors in ((folder, None), (other, out), (other, None)):
            with subprocess.Popen(["sleep", "60"], cwd=at, stderr=errors) as child:
                assert process.is_of(child.pid, folder, log) is (at == folder or errors is out)
                child.kill()


@pytest.mark.proof
def test_a_copy_of_a_project_has_a_server_of_its_own(project: Path) -> None:
    made, _ = up(project, free_port())
    copy = Path(shutil.copytree(project, project.with_name("copy")))
    try:
        assert server.status(copy).pid is None
        other, _ = up(copy)
        assert (other.pid, other.port) != (made.pid, made.port)
        assert server.status(project).pid == made.pid
    finally:
        server.down(copy)


def test_a_port_in_use_that_was_asked_for_is_named(project: Path) -> None:
    with (
        port_in_use() as port,
        pytest.raises(LabelStudioError, match=f"^port {port}: should be free") as caught,
    ):
        up(project, port)
    assert "\n" not in str(caught.value)
    assert server.status(project).running is False


def test_without_a_wish_the_next_free_port_is_taken(project: Path) -> None:
    made, _ = up(project, free_port())
    server.down(project)
    with socket.create_server(("127.0.0.1", made.port)):
        moved, told = up(project)
    assert moved.port > made.port
    assert told[0] == f"port {made.port} is in use: taking {moved.port}"


def test_a_server_that_dies_while_it_starts_is_told_by_its_last_words(project: Path) -> None:
    made, _ = up(project, free_port())
    server.down(project)
    (Home(project).data / "behaviour").write_text("die")
    with pytest.raises(LabelStudioError, match=r"died \(ImportError: the last straw\); see .*server\.log"):
        up(project)
    assert server.status(project).pid is None
    (Home(project).data / "behaviour").unlink()
    assert up(project)[0].token == made.token


def test_where_the_token_is_no_longer_known_another_administrator_is_made(project: Path) -> None:
    made, _ = up(project, free_port())
    server.down(project)
    change(project, token="0" * 40)
    again, told = up(project)
    assert again.username != made.username
    assert any("making another one" in line for line in told)
    assert up(project)[0] == again


def test_with_server_json_lost_the_database_is_kept(project: Path) -> None:
    made, _ = up(project, free_port())
    server.down(project)
    Home(project).file.unlink()
    before = Home(project).database.stat().st_ino
    again, _ = up(project, free_port())
    assert re.fullmatch(r"admin-[0-9a-f]{6}@headrace\.localhost", again.username)
    assert made.username == "admin@headrace.localhost"
    assert Home(project).database.stat().st_ino == before


def test_a_start_that_was_killed_half_way_is_taken_up_again(project: Path) -> None:
    home = Home(project)
    home.make()
    planned = home.new_server(free_port())
    home.write(planned)
    home.database.with_suffix(".part").write_bytes(b"half a database")
    made, _ = up(project)
    assert (made.port, made.token) == (planned.port, planned.token)
    assert not home.database.with_suffix(".part").exists()


def test_a_broken_server_json_is_said_in_one_line(project: Path) -> None:
    home = Home(project)
    home.make()
    home.file.write_text('{"port": ')
    with pytest.raises(
        LabelStudioError, match=r"server\.json': should be what headrace up wrote.*remove it"
    ) as caught:
        up(project)
    assert "\n" not in str(caught.value)
    home.file.unlink()


def test_a_folder_that_cannot_be_written_is_named(project: Path) -> None:
    (project / ".headrace").touch()
    with pytest.raises(LabelStudioError, match=r"\.headrace/label-studio', File exists; mend that"):
        up(project)


def test_the_environment_goes_before_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    up(project, free_port())
    monkeypatch.setenv(outside.URL_VARIABLE, "https://labels.example/")
    with pytest.raises(LabelStudioError, match=f"{outside.TOKEN_VARIABLE} should be set too"):
        server.connection(project)
    monkeypatch.setenv(outside.TOKEN_VARIABLE, "outside")
    assert server.connection(project) == ("https://labels.example", "outside")


def test_an_outside_server_that_does_not_answer_does_not_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(outside.URL_VARIABLE, f"http://127.0.0.1:{free_port()}")
    status = server.status(project)
    assert (status.running, status.version, status.pid) == (False, None, None)


def test_a_project_that_never_had_a_server_says_how_to_get_one(project: Path) -> None:
    assert server.status(project) == server.ServerStatus(url=None, version=None, running=False, pid=None)
    assert server.down(project) is False
    with pytest.raises(LabelStudioUnreachable, match="start it with: headrace up"):
        server.connection(project)


def get(url: str, token: str | None = None) -> int:
    headers = {"Authorization": f"Token {token}"} if token else {}
    return httpx.get(url, headers=headers, timeout=30, trust_env=False).status_code


@pytest.mark.live
def test_the_real_one_lets_its_administrator_in_and_nobody_else(label_studio_server: server.Server) -> None:
    whoami = f"{label_studio_server.url}/api/current-user/whoami"
    assert get(whoami, label_studio_server.token) == 200
    assert get(whoami, "0" * 40) == 401
    assert get(whoami) == 401


@pytest.mark.live
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the kernel's table of sockets")
def test_the_real_one_listens_on_this_machine_alone(label_studio_server: server.Server) -> None:
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    port, listening = f"{label_studio_server.port:04X}", "0A"
    hosts = {row[1].split(":")[0] for row in rows if row[1].endswith(f":{port}") and row[3] == listening}
    assert hosts == {"0100007F"}


@pytest.mark.live
def test_the_real_one_survives_a_crash_with_its_projects(
    label_studio_server: server.Server, tmp_path: Path
) -> None:
    made, _ = up(tmp_path)
    try:
        assert made.port != label_studio_server.port
        headers = {"Authorization": f"Token {made.token}"}
        answer = httpx.post(
            f"{made.url}/api/projects/", json={"title": "kept"}, headers=headers, trust_env=False
        )
        number = answer.json()["id"]
        kill(made.pid)
        again, _ = up(tmp_path)
        assert again.url == made.url
        assert get(f"{again.url}/api/projects/{number}/", again.token) == 200
    finally:
        server.down(tmp_path)
