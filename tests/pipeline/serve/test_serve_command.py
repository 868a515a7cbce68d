"""`headrace serve` as its users run it: in a process of its own, ended by Ctrl-C."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

SERVE = """
import sys, time
from pipeline.progress import project

def flow_of(store, *_):
    while SLOW:
        store.rows("SELECT count(*) FROM range(10000000)")

project.flow_of = flow_of
import pipeline.cli
import pipeline.cli.serve
from pipeline.cli.app import app
from pipeline.cli.faults import exit_code_of
sys.exit(exit_code_of(app, sys.argv[1:]))
"""


@pytest.mark.proof
@pytest.mark.parametrize("slow", [False, True])
def test_ctrl_c_ends_it_at_once_and_cleanly(folder: Path, slow: bool) -> None:  # noqa: FBT001 - pytest hands it over
    command = [
        sys.executable,
        "-c",
        SERVE.replace("SLOW", str(slow)),
        "-C",
        str(folder),
        "serve",
        "--port",
        "0",
    ]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        process_group=0,
    )
    try:
        assert running.stdout is not None
        address = running.stdout.readline().split()[-1]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}healthz") as answer:  # noqa: S310 - our own
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(urllib.request.Request(address, headers={"host": "evil.example"}))  # noqa: S310 - our own
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert (running.returncode, out, err) == (0, "", "")
    finally:
        running.kill()
        running.wait()


@pytest.mark.parametrize("option", ["--token-file", pytest.param("--allow", marks=pytest.mark.proof)])
def test_a_token_is_printed_once_and_said_to_be_a_secret(folder: Path, tmp_path: Path, option: str) -> None:
    path = tmp_path / "token"
    path.write_text("of-a-lead+b&c#d%41=", encoding="utf-8")
    path.chmod(0o600)
    value = str(path) if option == "--token-file" else "labels.example"
    options = ["serve", "--port", "0", option, value]
    command = [sys.executable, "-c", SERVE.replace("SLOW", "False"), "-C", str(folder), *options]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    try:
        assert running.stdout is not None
        link = urlsplit(running.stdout.readline().split()[-1])
        address, [token] = f"http://{link.netloc}/", parse_qs(link.query)["token"]
        assert (token == path.read_text(encoding="utf-8")) == (option == "--token-file")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(address)
        request = urllib.request.Request(f"{address}healthz", headers={"host": "labels.example"})  # noqa: S310 - our own
        if option == "--allow":
            urllib.request.urlopen(request).close()  # noqa: S310 - our own
        else:
            with pytest.raises(urllib.error.HTTPError, match="421"):
                urllib.request.urlopen(request)  # noqa: S310 - our own
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
        assert token not in out + err
        assert "whoever has it sees the report" in err
    finally:
        running.kill()
        running.wait()
