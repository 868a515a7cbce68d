"""Names that are ours, and calls from pages of ours."""

import pytest
from starlette.datastructures import Headers

from pipeline.door.csrf import Names

NAMES = Names(["https://labels.example.org", "http://192.168.1.7:8300"])


@pytest.mark.parametrize(
    "host",
    [
        "labels.example.org",
        "Labels.Example.org",
        "192.168.1.7:8300",
        "127.0.0.1:8300",
        "[::1]:8300",
        "localhost:8300",
    ],
)
def test_these_names_are_ours(host: str) -> None:
    assert NAMES.knows(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "labels.example.org.evil.example",
        "",
        "labels.example.org:99/x",
        "a b",
        "labels.example.org:8443",
        "127.0.0.1.evil.example",
    ],
)
def test_a_name_that_a_stranger_pointed_at_us_is_not(host: str) -> None:
    assert not NAMES.knows(host)


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"origin": "https://labels.example.org", "host": "labels.example.org"}, True),
        ({"origin": "http://192.168.1.7:8300", "host": "192.168.1.7:8300"}, True),
        ({"origin": "http://127.0.0.1:8300", "host": "127.0.0.1:8300"}, True),
        ({"sec-fetch-site": "same-origin", "host": "labels.example.org"}, True),
        ({"origin": "https://evil.example", "host": "labels.example.org"}, False),
        (
            {"origin": "https://evil.example", "sec-fetch-site": "same-origin", "host": "labels.example.org"},
            False,
        ),
        ({"origin": "null", "host": "labels.example.org"}, False),
        ({"origin": "http://evil.example", "host": "evil.example"}, False),
        ({"origin": "http://labels.example.org", "host": "labels.example.org"}, False),
        ({"origin": "http://127.0.0.1:9999", "host": "127.0.0.1:8300"}, False),
        ({"sec-fetch-site": "same-site", "host": "labels.example.org"}, False),
        ({"sec-fetch-site": "none", "host": "labels.example.org"}, False),
        ({"referer": "https://labels.example.org/", "host": "labels.example.org"}, False),
        ({"host": "labels.example.org"}, False),
    ],
)
def test_only_a_page_of_ours_may_change_something(headers: dict[str, str], *, own: bool) -> None:
    assert NAMES.is_own_call("POST", Headers(headers)) is own
    assert NAMES.is_own_call("GET", Headers(headers))
