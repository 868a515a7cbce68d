"""Label Studio's page with the door's script, and the few plain pages."""

import re
import shutil
import subprocess

import pytest

from pipeline.door import page
from pipeline.door.headers import policy

HTML = (
    '<!doctype html><html><HEAD lang="en"><script>one()</script></head><body>'
    '<script nonce="old" id="app">two()</script><SCRIPT src="/react-app/main.js"></SCRIPT><noscript>x</noscript></body>'
)


def test_the_doors_script_comes_first() -> None:
    made = page.with_script(HTML, "abc", "tok", "annotator")
    assert made.index("/desk/door.js") < made.index("one()")
    assert 'data-csrf="tok" data-role="annotator"' in made


def test_only_the_pages_own_scripts_bear_the_nonce() -> None:
    made = page.with_script(HTML, "abc", "tok", "annotator")
    assert made.count('nonce="abc"') == 3
    assert "old" not in made
    assert "<noscript>" in made


def test_a_token_cannot_end_its_tag() -> None:
    assert '"><script>' not in page.with_script(HTML, "abc", '"><script>', "annotator")


def test_the_policy_lets_no_strange_script_run() -> None:
    said = policy("abc")
    scripts = re.search(r"script-src ([^;]*)", said)
    assert scripts is not None
    assert scripts[1] == "'self' 'nonce-abc'"
    assert "form-action 'none'" in said
    assert "frame-src 'none'" in said


@pytest.mark.parametrize("wants_page", [True, False])
def test_a_server_that_starts_again_is_waited_for(wants_page: bool) -> None:  # noqa: FBT001 - a parameter
    answer = page.away(wants_page=wants_page)
    assert (answer.status_code, answer.headers[page.AGAIN]) == (503, "3")
    assert ("refresh" in answer.headers) is wants_page
    assert (b"<!doctype html>" in bytes(answer.body)) is wants_page


def test_the_script_is_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    subprocess.run([node, "--check", str(page.SCRIPT)], check=True)
