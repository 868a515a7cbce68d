"""Accounts made by the invite link can do the work; what is refused is said in one line."""

import secrets

import httpx
import pytest

from pipeline.label_studio import accounts
from pipeline.label_studio.server import Server
from schemas.errors import LabelStudioRefused, LabelStudioUnreachable

CHOICE = '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="a"/></Choices></View>'
ANSWER = [{"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["a"]}}]


def someone() -> str:
    return f"{secrets.token_hex(6)}@people.example"


def invite(server: Server) -> str:
    return accounts.invite_link(server.url, server.token)


def person(server: Server, token: str) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"Authorization": f"Token {token}"}, trust_env=False)


@pytest.mark.live
def test_somebody_with_the_link_gets_an_account_that_can_label(label_studio_server: Server) -> None:
    email = someone()
    token = accounts.sign_up(
        label_studio_server.url, invite(label_studio_server), email, "a-password", "Ann", "Lee"
    )
    with person(label_studio_server, token) as http:
        me = http.get("/api/current-user/whoami").json()
        assert (me["email"], me["first_name"], me["last_name"]) == (email, "Ann", "Lee")
        project = http.post("/api/projects", json={"title": "by Ann", "label_config": CHOICE}).json()["id"]
        task = http.post("/api/tasks", json={"project": project, "data": {"t": "x"}}).json()["id"]
        assert http.get(f"/api/projects/{project}/next").json()["id"] == task
        answer = http.post(f"/api/tasks/{task}/annotations", json={"result": ANSWER})
        assert (answer.status_code, answer.json()["completed_by"]) == (201, me["id"])


@pytest.mark.live
def test_the_path_alone_of_the_link_will_do(label_studio_server: Server) -> None:
    path = invite(label_studio_server).removeprefix(label_studio_server.url)
    assert path.startswith("/user/signup/?token=")
    assert len(accounts.sign_up(label_studio_server.url, path, someone(), "a-password")) == 40


@pytest.mark.live
def test_logging_in_gives_the_same_token_again(label_studio_server: Server) -> None:
    url, email = label_studio_server.url, someone()
    token = accounts.sign_up(url, invite(label_studio_server), email, "a-password")
    assert accounts.log_in(url, email, "a-password") == token
    assert (
        accounts.log_in(url, label_studio_server.username, label_studio_server.password)
        == label_studio_server.token
    )


@pytest.mark.live
def test_where_plain_tokens_are_off_a_personal_access_token_is_given(label_studio_server: Server) -> None:
    url, administrator = label_studio_server.url, label_studio_server.token
    link = invite(label_studio_server)
    refresh = accounts.log_in(url, label_studio_server.username, label_studio_server.password)
    assert refresh == administrator
    with person(label_studio_server, administrator) as http:
        switch = {"api_tokens_enabled": True, "legacy_api_tokens_enabled": False}
        assert http.post("/api/jwt/settings", json=switch).is_success
    try:
        token = accounts.sign_up(url, link, someone(), "a-password", "Bo")
        assert token.count(".") == 2
        assert accounts.invite_link(url, token) == link
    finally:
        pat = accounts.log_in(url, label_studio_server.username, label_studio_server.password)
        with httpx.Client(base_url=url, trust_env=False) as http:
            access = http.post("/api/token/refresh", json={"refresh": pat}).json()["access"]
            restored = http.post(
                "/api/jwt/settings",
                json={"api_tokens_enabled": True, "legacy_api_tokens_enabled": True},
                headers={"Authorization": f"Bearer {access}"},
            )
            assert restored.is_success
    assert accounts.invite_link(url, administrator) == link


@pytest.mark.live
def test_without_the_link_nobody_gets_in(label_studio_server: Server) -> None:
    with httpx.Client(base_url=label_studio_server.url, trust_env=False) as http:
        http.get("/user/signup/")
        form = {
            "email": someone(),
            "password": "a-password",
            "csrfmiddlewaretoken": http.cookies["csrftoken"],
        }
        assert http.post("/user/signup/", data=form).status_code == 403
    with pytest.raises(LabelStudioRefused, match="invite link is not"):
        accounts.sign_up(label_studio_server.url, "/user/signup/?token=wrong", someone(), "a-password")


@pytest.mark.live
def test_what_the_form_objects_to_is_passed_on(label_studio_server: Server) -> None:
    url, link, email = label_studio_server.url, invite(label_studio_server), someone()
    with pytest.raises(LabelStudioRefused, match="characters in length"):
        accounts.sign_up(url, link, email, "short")
    accounts.sign_up(url, link, email, "a-password")
    with pytest.raises(LabelStudioRefused, match="already exists"):
        accounts.sign_up(url, link, email, "a-password")
    with pytest.raises(LabelStudioRefused, match="don't match"):
        accounts.log_in(url, email, "another-password")


@pytest.mark.live
def test_a_wrong_token_is_refused_in_one_line(label_studio_server: Server) -> None:
    with pytest.raises(LabelStudioRefused, match="answers 401; check address and token"):
        accounts.invite_link(label_studio_server.url, "wrong")


def test_a_link_without_its_token_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(LabelStudioRefused, match=r"should end in \?token="):
        accounts.sign_up("http://127.0.0.1:1", "/user/signup/", someone(), "a-password")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://[bad", "labels.example", "ftp://labels.example"]
)
def test_an_address_where_nothing_answers_is_named(url: str) -> None:
    with pytest.raises(LabelStudioUnreachable) as caught:
        accounts.invite_link(url, "token")
    assert url in str(caught.value)
    assert "\n" not in str(caught.value)
