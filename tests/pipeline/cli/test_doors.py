"""The door on the command line: how `up` is asked for it, what `status` says, and what `people invite` prints then."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import doors
from pipeline.door import process
from pipeline.door.process import Wish
from pipeline.label_studio import outside
from pipeline.ledger.state import Door, DoorHome
from schemas.errors import LabelStudioError, UsageError
from tests.pipeline.people import account_server
from tests.pipeline.people.account_server import AccountServer

EMAIL = "li@vendor.example"
TOKEN = outside.TOKEN_VARIABLE


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


@pytest.fixture
def server() -> Iterator[AccountServer]:
    with account_server.serving() as made:
        yield made


@pytest.fixture
def run(folder: Any, server: AccountServer) -> Iterator[Callable[..., Any]]:
    """The command line of a project whose Label Studio runs elsewhere; its door is shut at the end."""
    folder.run("people", "add", "li", "--email", EMAIL)

    def command(*arguments: str) -> Any:
        return folder.run(*arguments, **{outside.URL_VARIABLE: server.url, TOKEN: "plain"})

    yield command
    process.down(folder.path)


def wish(folder: Path, **said: Any) -> Wish | None:
    return doors.wish(folder, **{"door": None, "lan": False, "public_url": None, "port": None, **said})


def known(folder: Path, **said: Any) -> None:
    """Have the project have a door, which is shut."""
    home = DoorHome(folder)
    home.make()
    home.write(
        Door.model_validate({"port": 8800, "label_studio": "x", "project": "x", "version": "1", **said})
    )


def test_without_a_word_there_is_a_door_only_where_there_was_one(tmp_path: Path) -> None:
    assert wish(tmp_path) is None
    known(tmp_path)
    assert wish(tmp_path) == Wish()
    known(tmp_path, wanted=False)
    assert wish(tmp_path) is None


def test_it_is_asked_for_in_four_ways(tmp_path: Path) -> None:
    assert wish(tmp_path, door=True) == Wish(reached_by="loopback")
    assert wish(tmp_path, lan=True) == Wish(reached_by="lan")
    assert wish(tmp_path, port=9000) == Wish(port=9000)
    assert wish(tmp_path, public_url="https://labels.example.org/", port=9000) == Wish(
        reached_by="web server", public_url="https://labels.example.org", port=9000
    )


@pytest.mark.parametrize(
    "said",
    [
        {"lan": True, "public_url": "https://x.example"},
        {"door": False, "lan": True},
        {"door": False, "port": 9000},
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, said: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as raised:
        wish(tmp_path, **said)
    assert "\n" not in str(raised.value)


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelStudioError, match="--public-url"):
        wish(tmp_path, public_url="labels.example.org/x")


@pytest.mark.proof
def test_the_door_opens_before_a_server_elsewhere_and_shuts(run: Callable[..., Any]) -> None:
    port = str(free_port())
    ended = run("up", "--door", "--door-port", port, "--json")
    assert ended.code == 0, ended.err
    address = f"http://127.0.0.1:{port}"
    assert ended.json["door"] == {
        "reached_by": "loopback", "addresses": [address], "listens": f"127.0.0.1:{port}",
    }  # fmt: skip
    assert ended.json["warnings"] == []
    assert run("status", "--json").json["door"] == {"wanted": True, "running": True, "addresses": [address]}
    assert f"the door is open at {address}" in run("status").out
    assert run("down", "--json").json == {"stopped": False, "door_stopped": True}
    assert run("status", "--json").json["door"]["running"] is False
    assert "headrace up" in run("status").out
    assert f"door          {address}" in run("up").out  # remembered
    shut = run("up", "--no-door")
    assert (shut.code, shut.out) == (0, "")
    assert "the door is shut" in shut.err
    assert run("status", "--json").json["door"] == {"wanted": False, "running": False, "addresses": []}
    assert "door" not in run("status").out


def test_beyond_this_machine_one_is_told_that_it_goes_over_plain_http(run: Callable[..., Any]) -> None:
    ended = run("up", "--lan", "--door-port", str(free_port()))
    assert ended.code == 0, ended.err
    assert "plain HTTP" in ended.err
    assert "127.0.0.1" not in ended.out
    secure = run("up", "--public-url", "https://labels.example.org")
    assert "warning" not in secure.err
    assert "https://labels.example.org" in secure.out
    assert "passes it on to http://127.0.0.1:" in secure.out
    assert "plain HTTP" in run("up", "--public-url", "http://labels.example.org").err


def test_a_port_in_use_is_one_line(run: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        ended = run("up", "--door", "--door-port", str(holder.getsockname()[1]))
    assert ended.code == 1
    assert ended.is_one_line()
    assert "--door-port" in ended.err


def test_with_a_door_each_person_is_invited_by_a_link_of_their_own(
    run: Callable[..., Any], folder: Any, server: AccountServer
) -> None:
    known(folder.path)
    first = run("people", "invite", "li", "--json")
    assert first.code == 0, first.err
    assert first.json.keys() == {"invite_link", "text", "until", "ended"}
    link = first.json["invite_link"]
    assert link.startswith("http://127.0.0.1:8800/in/")
    assert link in first.json["text"]
    assert EMAIL in server.passwords
    assert "the door is shut at the moment" in first.err
    again = run("people", "invite", "li", "--new", "--json").json
    assert again["invite_link"] != link
    assert again["ended"] == {"links": 1, "sessions": 0}
    assert run("people", "invite", EMAIL).out.count("/in/") == 1


def test_with_a_door_nobody_is_invited_by_no_name(run: Callable[..., Any], folder: Any) -> None:
    known(folder.path)
    ended = run("people", "invite")
    assert ended.code == 2
    assert ended.is_one_line()
    assert folder.run("people", "invite", "nobody").code == 2


def test_without_a_door_it_is_as_it_was(run: Callable[..., Any], server: AccountServer) -> None:
    assert run("people", "invite").out == f"{server.url}/user/signup/?token=t\n"
    assert "password of your own" in run("people", "invite", "li").out
    for option in (("--new",), ("--password-file", "x")):
        ended = run("people", "invite", "li", *option)
        assert ended.code == 2
        assert "headrace up --door" in ended.err


def test_a_password_is_read_from_a_file(
    run: Callable[..., Any], folder: Any, server: AccountServer, tmp_path: Path
) -> None:
    known(folder.path)
    server.passwords[EMAIL] = "theirs-by-then"
    refused = run("people", "invite", "li")
    assert refused.code == 1
    assert refused.is_one_line()
    assert run("people", "invite", "li", "--password-file", str(tmp_path / "none")).code == 2
    (tmp_path / "password").write_text("theirs-by-then\n")
    ended = run("people", "invite", "li", "--password-file", str(tmp_path / "password"))
    assert ended.code == 0, ended.err
    assert "theirs-by-then" not in ended.out + ended.err


def test_who_is_revoked_or_paused_has_no_link_any_more(run: Callable[..., Any], folder: Any) -> None:
    known(folder.path)
    run("people", "invite", "li")
    assert run("people", "revoke", "li", "--json").json == {"links": 1, "sessions": 0}
    assert "ended: 0 links, 0 browsers" in run("people", "revoke", "li").out
    assert run("people", "revoke", "lu").code == 2
    run("people", "invite", "li")
    assert run("people", "pause", "li").code == 0
    assert run("people", "revoke", "li", "--json").json == {"links": 0, "sessions": 0}
    assert "is paused" in run("people", "invite", "li").err
    run("people", "resume", "li")
    assert run("people", "invite", "li").code == 0


def test_a_dry_run_of_a_pause_shuts_nobody_out(run: Callable[..., Any], folder: Any) -> None:
    known(folder.path)
    run("people", "invite", "li")
    run("people", "pause", "li", "--dry-run")
    assert run("people", "revoke", "li", "--json").json["links"] == 1


def test_no_secret_stands_in_what_commands_print_but_the_link_itself(
    run: Callable[..., Any], folder: Any, server: AccountServer
) -> None:
    known(folder.path)
    link = run("people", "invite", "li", "--json").json["invite_link"]
    password = server.passwords[EMAIL]
    for command in (("status",), ("people", "list"), ("findings",), ("people", "revoke", "li")):
        ended = run(*command, "--json")
        assert password not in ended.out + ended.err
        assert link.rpartition("/")[2] not in ended.out + ended.err


def test_what_is_printed_with_a_door_is_as_documented(run: Callable[..., Any], folder: Any) -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "invite.md"
    if not page.is_file():
        pytest.skip("an installed wheel comes without the documentation")
    known(folder.path)
    shown = json.loads(page.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0])
    printed = run("people", "invite", "li", "--json").json
    assert (shown.keys(), shown["ended"].keys()) == (printed.keys(), printed["ended"].keys())
