"""Where people are sent: to the address at which they reach Label Studio, wherever it listens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.label_studio import outside
from pipeline.label_studio.base import LabelStudio
from pipeline.label_studio.client import connect
from pipeline.label_studio.state import Home, Server
from pipeline.people.inviting import invitation
from tests.pipeline.label_studio.small_server import Reply, serving

PUBLIC = "https://labels.example.org"
SIGN_UP = "/user/signup/?token=x"


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[LabelStudio]:
    """A Label Studio that answers with an invitation."""
    monkeypatch.delenv(outside.URL_VARIABLE, raising=False)
    with serving() as http:
        http.on("GET", "/api/invite", Reply({"invite_url": SIGN_UP}))
        yield connect(http.url, "token")


def own(folder: Path, studio: LabelStudio, public_url: str | None) -> None:
    """Have it be the project's own."""
    home = Home(folder)
    home.make()
    port = int(studio.address.rpartition(":")[2])
    home.write(Server(port=port, username="a", password="b", token="c", public_url=public_url))


def test_people_are_invited_to_the_address_at_which_they_reach_it(
    tmp_path: Path, studio: LabelStudio
) -> None:
    own(tmp_path, studio, PUBLIC)
    assert invitation(tmp_path, studio) == (f"{PUBLIC}{SIGN_UP}", PUBLIC)


def test_without_a_public_address_they_are_invited_to_where_it_listens(
    tmp_path: Path, studio: LabelStudio
) -> None:
    own(tmp_path, studio, None)
    assert invitation(tmp_path, studio) == (f"{studio.address}{SIGN_UP}", studio.address)


def test_an_outside_server_is_where_the_environment_says(
    tmp_path: Path, studio: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(tmp_path, studio, PUBLIC)  # which the project had before
    monkeypatch.setenv(outside.URL_VARIABLE, studio.address)
    assert invitation(tmp_path, studio) == (f"{studio.address}{SIGN_UP}", studio.address)
