"""The documentation is whole and true: what exists is described, what is described exists, examples are valid.

`HEADRACE_UPDATE_DOCS=1 pytest tests/test_docs.py` writes docs/reference/commands.md anew.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from pipeline.cli import app, faults, register
from pipeline.cli.app import GROUPS
from schemas import errors
from schemas.project import Project, parse_project
from schemas.records import Record

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    *(page for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if page.exists()),
]

pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
)


def _text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def _section(text: str, title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[1]


# Commands and errors


def _commands() -> dict[str, Any]:
    register()
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def _inner(command: Any) -> dict[str, Any]:
    """The commands of a group; none of a plain command."""
    return dict(getattr(command, "commands", {}))


def _flags(command: Any) -> set[str]:
    """The options of a command, or of all in a group."""
    inner = {flag for one in _inner(command).values() for flag in _flags(one)}
    return inner | {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}


def commands_page() -> str:
    """The help of every command, by group, as docs/reference/commands.md holds it."""
    commands, shown = _commands(), _shown_help()
    parts = [
        "# Commands",
        "<!-- Written by HEADRACE_UPDATE_DOCS=1 pytest tests/test_docs.py -->",
        "What `--help` says. What goes wrong is on [errors](errors.md), what `--json` prints on [JSON](json.md).",
        "`-C DIR` stands before the command: `headrace -C demo status`.",
        f"```\n{shown}\n```",
    ]
    for title in GROUPS:
        parts.append(f"## {title}")
        for name in re.findall(r"^  ([a-z][\w-]*)  ", shown, flags=re.MULTILINE):
            if commands[name].rich_help_panel == title:
                parts += [f"### {name}", _help(commands[name], f"headrace {name}")]
                for inner, command in _inner(commands[name]).items():
                    parts += [f"#### {name} {inner}", _help(command, f"headrace {name} {inner}")]
    return "\n\n".join(parts) + "\n"


def _shown_help() -> str:
    """What `headrace --help` prints: in this process the order of commands may be that of the tests' imports."""
    command = [sys.executable, "-m", "pipeline", "--help"]
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def _help(command: Any, name: str) -> str:
    settings = {"help_option_names": ["-h", "--help"]}
    context = command.context_class(
        command, info_name=name, terminal_width=100, max_content_width=100, **settings
    )
    return f"```\n{command.get_help(context).strip()}\n```"


def test_the_page_of_commands_is_what_help_says() -> None:
    if os.environ.get("HEADRACE_UPDATE_DOCS"):
        (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
    assert _text("commands.md") == commands_page(), "stale; HEADRACE_UPDATE_DOCS=1 pytest tests/test_docs.py"


def test_every_command_stands_in_a_group_and_every_json_is_shown() -> None:
    shown = re.findall(r"^## `headrace ([\w-]+)", _text("json.md"), flags=re.MULTILINE)
    alike = set(
        re.findall(r"`(\w+)`", _section(_text("json.md"), "`headrace ingest --json`").split("prints")[0])
    )
    for name, command in _commands().items():
        assert command.rich_help_panel in GROUPS, name
        if "--json" in {flag for option in command.params for flag in option.opts}:
            assert name in {*shown, *alike}, f"{name} --json"
        for inner, one in _inner(command).items():
            title = f"## `headrace {name} {inner}"
            assert "--json" not in _flags(one) or any(title in page.read_text("utf-8") for page in PAGES), (
                title
            )


def _codes(kind: type[errors.HeadraceError]) -> set[int]:
    return {kind.exit_code} | {code for inner in kind.__subclasses__() for code in _codes(inner)}


def test_every_exit_code_is_explained() -> None:
    page = {int(code) for code in re.findall(r"^\| (\d+) \|", _text("errors.md"), flags=re.MULTILINE)}
    assert page == {0, faults.INTERRUPTED, *_codes(errors.HeadraceError)}


# Examples and links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_toml_example_is_a_project(page: Path) -> None:
    for block in _blocks(page, "toml"):
        assert isinstance(parse_project({"name": "docs", **tomllib.loads(block)}), Project)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_json_example_is_json_and_records_are_records(page: Path) -> None:
    for block in _blocks(page, "json"):
        try:
            found = [json.loads(block)]
        except json.JSONDecodeError:
            found = [json.loads(line) for line in block.splitlines()]
        for one in found:
            if page.name == "records.md":
                Record.model_validate(one)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file), target


def _anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have on GitHub."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", head)).lower() for head in heads)
    return {head.strip().replace(" ", "-") for head in plain}


def test_every_page_is_reached_from_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        name = page.relative_to(DOCS).as_posix()
        if not name.startswith("decisions/0") and name != "README.md":
            assert f"({name})" in index, name


def test_every_runnable_block_is_run_by_a_test() -> None:
    runnable = {
        page.name
        for page in PAGES
        if re.search(r"^```sh run$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert runnable == {"friends.md"}, (
        "tests/test_friends.py runs friends.md; the blocks of others need a test too"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    known = _commands()
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"(?:^|`)headrace(?: -C \S+)? ([a-z][a-z-]*)", text, flags=re.MULTILINE)
    assert set(shown) <= set(known)
    for name, options in re.findall(
        r"(?:^|`)headrace(?: -C \S+)? ([a-z][a-z-]*)([^`\n]*)", text, flags=re.MULTILINE
    ):
        allowed = _flags(known[name]) | {"--help"}
        assert set(re.findall(r"--[a-z][a-z-]*", options)) <= allowed, f"{name}{options}"


def test_the_export_door_opens_as_the_page_says(tmp_path: Path) -> None:
    page = DOCS / "how-to" / "label-studio-export.md"
    problems = [
        {
            "id": n,
            "data": {
                "text": f"How many of the {n} are left?",
                "response_a": "none",
                "response_b": f"all {n}",
            },
            "annotations": [{"id": n, "completed_by": {"email": "ann@example.com"}, "result": []}],
        }
        for n in range(5)
    ]
    (tmp_path / "export.json").write_text(json.dumps(problems))
    (command,) = _blocks(page, "sh")
    words = command.split()
    assert words[0] == "headrace"
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *words[1:]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "review" / "project.toml").read_text()
    (shown,) = _blocks(page, "toml")
    assert shown.strip() in written


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_every_make_target_that_is_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for page in PAGES:
        assert (
            set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
            <= targets
        )
