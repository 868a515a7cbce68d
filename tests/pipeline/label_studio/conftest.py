"""A cache folder of the test's own, in which small programs stand for uv and for Label Studio."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.label_studio import outside, server

_UV = """#!/bin/sh
echo "$1" >> "{calls}"
{first}
for last; do :; done
if [ "$1" = venv ]; then
    mkdir -p "$last/bin"
    printf '#!/bin/sh\\nexec "{python}" "{stand_in}" "$@"\\n' > "$last/bin/python"
    chmod +x "$last/bin/python"
fi
"""


@dataclass
class Installer:
    """Stands for uv: notes how it is called, makes the stand-in for Label Studio where uv would make the real one."""

    folder: Path

    def write(self, first: str = "") -> None:
        """Put the program in place; `first` is shell code that it runs before its work."""
        program = self.folder / "uv"
        stand_in = Path(__file__).with_name("stand_in.py")
        calls = self.folder / "calls"
        program.write_text(_UV.format(calls=calls, first=first, python=sys.executable, stand_in=stand_in))
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """The first word of each call, in order."""
        calls = self.folder / "calls"
        return calls.read_text().split() if calls.exists() else []


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Installer(folder)
    made.write()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    for variable in (outside.URL_VARIABLE, outside.TOKEN_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    return made


@pytest.fixture
def project(tmp_path: Path, installer: Installer) -> Iterator[Path]:
    """A project folder whose server is stopped at the end, whatever the test did."""
    assert installer.calls == []
    folder = tmp_path / "project"
    folder.mkdir()
    yield folder
    if (folder / ".headrace" / "label-studio" / "server.json").is_file():
        server.down(folder)
