"""The way in and out, asked as browsers and others do; behind it stands a page that says who is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from pipeline.door.app import Inside, assemble
from pipeline.door.base import Visitor
from pipeline.door.crew import Crew
from pipeline.door.entrance import Entrance
from pipeline.door.forms import LARGEST, fields
from pipeline.door.sessions import COOKIE, csrf_is_right
from pipeline.ledger.keys import Account, Keys
from pipeline.ledger.place import LedgerPlace
from tests.pipeline.tried import PROJECT

LI = "ann-11111111"
PEOPLE = """
[[people]]
name = "li"
email = "LI@vendor.example"

[[people]]
name = "an"
email = "an@vendor.example"
role = "lead"
"""


async def desk(request: Request) -> JSONResponse:
    visitor: Visitor = request.state.visitor
    return JSONResponse({**visitor.model_dump(), "csrf": request.state.csrf, "at": "desk"})


async def form(request: Request) -> JSONResponse:
    given = await fields(request)
    return JSONResponse({"right": csrf_is_right(request, given.pop("csrf", "")), **given})


async def guard(scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"]
    await JSONResponse({"at": "guard", "path": path, "who": scope["state"]["visitor"].annotator})(
        scope, receive, send
    )


class Door:
    """A door with a way to make links, and to change who is on the project."""

    def __init__(self, folder: Path, place: LedgerPlace, *, secure: bool = False) -> None:
        self.folder, self.keys = folder, Keys(place)
        self.left: list[str] = []
        self.people(PEOPLE)
        crew = Crew(folder)
        entrance = Entrance(
            self.keys, crew, secure=secure, left=lambda visitor: self.left.append(visitor.annotator)
        )
        inside = Inside(
            desk=[Route("/desk/", desk), Route("/desk/form", form, methods=["POST"])], guard=guard
        )
        self.app = assemble(entrance, self.keys, crew, inside)

    def people(self, entries: str) -> None:
        draft = self.folder / "project.draft"
        draft.write_text(PROJECT + entries)
        draft.replace(self.folder / "project.toml")

    def link(self, annotator: str = LI, email: str = "li@vendor.example", person_id: int = 7) -> str:
        self.keys.keep(Account(annotator=annotator, email=email, password="p", person_id=person_id))
        return f"/in/{self.keys.link(annotator)}"

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url="http://127.0.0.1:8800", follow_redirects=False)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[LedgerPlace]:
    made = LedgerPlace(tmp_path)
    yield made
    made.close()


@pytest.fixture
def door(tmp_path: Path, place: LedgerPlace) -> Door:
    return Door(tmp_path, place)


def test_a_press_of_the_button_lets_in_and_looking_does_not(door: Door) -> None:
    link, browser = door.link(), door.browser()
    for _ in range(3):  # a mail scanner, twice, and a person
        page = browser.get(link)
        assert page.status_code == 200
        assert f'<form method="post" action="{link}"><button' in page.text
        assert "set-cookie" not in page.headers
    assert browser.get("/desk/").status_code == 401
    pressed = browser.post(link)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/desk/")
    said = browser.get("/desk/").json()
    assert (said["annotator"], said["name"], said["role"], said["account"]) == (LI, "li", "annotator", 7)


def test_the_cookie_is_for_our_pages_alone(door: Door) -> None:
    set_cookie = door.browser().post(door.link()).headers["set-cookie"].lower()
    assert set_cookie.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in set_cookie.split(";")}
    assert "secure" not in set_cookie
    assert "domain" not in set_cookie


def test_behind_tls_it_goes_by_tls_alone(tmp_path: Path, place: LedgerPlace) -> None:
    door = Door(tmp_path, place, secure=True)
    assert "; secure" in door.browser().post(door.link()).headers["set-cookie"].lower()


def test_a_link_works_in_one_browser_alone(door: Door) -> None:
    link, first, second = door.link(), door.browser(), door.browser()
    first.post(link)
    for answer in (second.post(link), second.get(link)):
        assert answer.status_code == 410
        assert "set-cookie" not in answer.headers
    assert second.get("/desk/").status_code == 401


def test_the_link_in_an_old_mail_leads_back_to_work(door: Door) -> None:
    link, browser = door.link(), door.browser()
    browser.post(link)
    for answer in (browser.get(link), browser.post(link)):
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")


def test_a_new_link_in_the_same_browser_ends_what_was_before(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    before = browser.cookies[COOKIE]
    browser.post(door.link("ann-2", "an@vendor.example", 8))
    assert browser.get("/desk/").json()["name"] == "an"
    assert door.keys.session(before) is None


@pytest.mark.parametrize(
    "path", ["/in/", "/in/x", "/in/x.y", "/in/%00", "/in/../desk/", "/in//x", "/in/%2e%2e/desk/"]
)
def test_what_is_no_link_lets_nobody_in(door: Door, path: str) -> None:
    browser = door.browser()
    for answer in (browser.get(path), browser.post(path), browser.put(path)):
        assert answer.status_code in {401, 410}
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PROPFIND"])
@pytest.mark.parametrize(
    "path", ["/", "/desk/", "/desk/form", "/api/tasks/1/", "/healthz/", "//healthz", "/HEALTHZ", "/out/"]
)
def test_without_a_session_nobody_gets_further(door: Door, method: str, path: str) -> None:
    answer = door.browser().request(method, path)
    assert answer.status_code == 401
    assert "guard" not in answer.text


def test_who_wants_a_page_gets_one_and_a_script_gets_a_line(door: Door) -> None:
    browser = door.browser()
    page = browser.get("/projects/1/data", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Open the link" in page.text
    assert browser.get("/api/tasks/1/").json() == {
        "detail": "You are not signed in (any more): open your link."
    }


@pytest.mark.parametrize("cookie", ["", "x", "é", '"', "a" * 5000])
def test_a_cookie_of_ones_own_making_is_none(door: Door, cookie: str) -> None:
    headers = {b"cookie": f"{COOKIE}={cookie}".encode()}
    assert door.browser().get("/desk/", headers=headers).status_code == 401


def test_all_but_the_desk_goes_to_the_guard_as_it_came(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    for path in ("/", "/api/tasks/1/", "/desk", "/DESK/", "/static//x"):
        assert browser.get(path).json() == {"at": "guard", "path": path, "who": LI}


def test_the_role_is_what_the_project_says_today(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    door.people(PEOPLE.replace('name = "li"', 'name = "li"\nrole = "lead"'))
    assert browser.get("/desk/").json()["role"] == "lead"
    door.people(PEOPLE)
    assert browser.get("/desk/").json()["role"] == "annotator"


def test_who_left_the_project_is_out_at_once_and_their_link_stays_unused(door: Door) -> None:
    browser, link = door.browser(), door.link()
    browser.post(door.link())
    alone = PEOPLE[PEOPLE.rindex("[[people]]") :]
    door.people(f"\n{alone}")
    assert browser.get("/desk/").status_code == 401
    assert door.browser().post(link).status_code == 410
    door.people(PEOPLE)
    assert browser.get("/desk/").status_code == 200
    assert door.browser().post(link).status_code == 303


def test_a_project_that_names_nobody_takes_who_was_invited(door: Door) -> None:
    door.people("")
    browser = door.browser()
    browser.post(door.link())
    assert browser.get("/desk/").json()["name"] == "li@vendor.example"


def test_a_project_file_that_cannot_be_read_just_now_shuts_nobody_out(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    door.people("[[people")
    assert browser.get("/desk/").json()["name"] == "li"
    door.people(PEOPLE.replace('name = "li"', 'name = "lili"'))
    assert browser.get("/desk/").json()["name"] == "lili"


def test_revoked_is_out_with_the_next_call(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    door.keys.revoke([LI])
    assert browser.get("/desk/").status_code == 401


def test_leaving_takes_the_token_of_a_page_of_ours(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    cookie, csrf = browser.cookies[COOKIE], browser.get("/desk/").json()["csrf"]
    assert browser.post("/out", data={"csrf": "x"}).status_code == 403
    assert browser.get("/out").status_code != 200 or browser.get("/out").json()["at"] == "guard"
    assert browser.get("/desk/").status_code == 200
    gone = browser.post("/out", data={"csrf": csrf})
    assert gone.status_code == 200
    assert door.keys.session(cookie) is None
    assert door.left == [LI]
    assert browser.get("/desk/").status_code == 401


def test_a_form_is_read_and_its_token_held_to_the_session(door: Door) -> None:
    browser, other = door.browser(), door.browser()
    browser.post(door.link())
    other.post(door.link("ann-2", "an@vendor.example", 8))
    csrf = other.get("/desk/").json()["csrf"]
    assert other.post("/desk/form", data={"csrf": csrf, "text": "ü&="}).json() == {
        "right": True,
        "text": "ü&=",
    }
    assert browser.post("/desk/form", data={"csrf": csrf}).json() == {"right": False}
    assert browser.post("/desk/form", data={"text": ""}).json() == {"right": False, "text": ""}


def test_a_form_that_is_none_or_too_large_is_refused(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    urlencoded = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/desk/form", json={}).status_code == 400
    assert browser.post("/desk/form", content=b"a=%ff", headers=urlencoded).status_code == 400
    assert browser.post("/desk/form", content="ü".encode(), headers=urlencoded).status_code == 400
    assert browser.post("/desk/form", content=b"a&" * 200, headers=urlencoded).status_code == 400
    assert browser.post("/desk/form", content=b"a" * (LARGEST + 1), headers=urlencoded).status_code == 413


def test_plain_pages_load_nothing_and_are_framed_by_nobody(door: Door) -> None:
    answer = door.browser().get(door.link())
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "src=" not in answer.text
    assert "<script" not in answer.text


def test_pages_of_the_desk_send_forms_to_us_and_load_nothing_from_elsewhere(door: Door) -> None:
    browser = door.browser()
    browser.post(door.link())
    policy = browser.get("/desk/").headers["content-security-policy"]
    assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert "content-security-policy" not in browser.get("/api/x").headers  # the guard says that itself


def test_health_says_nothing_but_that_it_answers(door: Door) -> None:
    answer = door.browser().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
