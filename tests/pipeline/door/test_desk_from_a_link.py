"""From a link to the desk and out again, through the door's own entrance."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from pipeline.door.app import Inside, assemble
from pipeline.door.crew import Crew
from pipeline.door.desk import routes
from pipeline.door.entrance import Entrance
from pipeline.ledger import LedgerPlace
from pipeline.ledger.keys import Account, Keys
from tests.pipeline.door.desk_example import LI, fill, opened, publish


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.responses import PlainTextResponse

    await PlainTextResponse("the guard's", 404)(scope, receive, send)


@pytest.fixture
def came_in(tmp_path: Path) -> TestClient:
    """The browser of somebody who opened their link and pressed its button."""
    publish(tmp_path, fill)
    opened(tmp_path)
    place = LedgerPlace(tmp_path)
    keys, crew = Keys(place), Crew(tmp_path)
    keys.keep(Account(annotator=LI, email="li@vendor.example", password="secret", person_id=1))
    inside = Inside(desk=routes(tmp_path, place), guard=nothing)
    app = assemble(Entrance(keys, crew, secure=False), keys, crew, inside)
    client = TestClient(app, base_url="http://127.0.0.1:8800")
    link = f"/in/{keys.link(LI)}"
    assert "form" in client.get(link).text
    assert client.post(link).url.path == "/desk/"
    return client


def token(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_link_leads_to_the_desk_and_stays_in_no_address(came_in: TestClient) -> None:
    page = came_in.get("/desk/")
    assert "Hello Li Na" in page.text
    assert page.url.path == "/desk/"
    assert not re.search(r"(href|action)=\"[^\"]*(token|/in/)", page.text)


def test_a_form_of_the_desk_is_taken_and_one_of_another_session_is_not(came_in: TestClient) -> None:
    right = token(came_in.get("/desk/data").text)
    assert came_in.post("/desk/forget", data={"csrf": right[:-1] + "!", "sure": "yes"}).status_code == 403
    assert "You asked for it on" in came_in.post("/desk/forget", data={"csrf": right, "sure": "yes"}).text


@pytest.mark.proof
def test_who_signs_out_is_out(came_in: TestClient) -> None:
    page = came_in.get("/desk/").text
    assert re.search(r'<form method="post" action="/out">', page)
    came_in.post("/out", data={"csrf": token(page)})
    assert came_in.get("/desk/").status_code == 401
    assert came_in.get("/desk/data.json").status_code == 401


@pytest.mark.proof
def test_the_desk_leaves_the_guards_addresses_to_the_guard(came_in: TestClient) -> None:
    for path in ("/desk/next", "/desk/door.js", "/desk/nothing"):
        assert came_in.get(path).text == "the guard's"
