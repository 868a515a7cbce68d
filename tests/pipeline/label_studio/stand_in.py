"""Stands for the program `python -m label_studio.server`, as far as `up` can see it, without Label Studio's weight.

A file `behaviour` in its data folder tells it to do something else: `die`.
"""

# ruff: noqa: T201 - what it prints is its log

import os
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DATA = Path(os.environ["LABEL_STUDIO_BASE_DATA_DIR"])


def main() -> None:
    if "version" in sys.argv:
        database().execute("CREATE TABLE htx_user (email TEXT PRIMARY KEY, token TEXT)").connection.commit()
    elif "start" in sys.argv:
        start(int(sys.argv[sys.argv.index("--port") + 1]))


def database() -> sqlite3.Connection:
    return sqlite3.connect(DATA / "label_studio.sqlite3")


def start(port: int) -> None:
    (DATA / "environment").write_text("\n".join(sorted(os.environ)))
    behaviour = DATA / "behaviour"
    if behaviour.exists() and behaviour.read_text() == "die":
        print("ImportError: the last straw")
        sys.exit(1)
    connection = database()
    person = (os.environ["LABEL_STUDIO_USERNAME"], os.environ["LABEL_STUDIO_USER_TOKEN"])
    connection.execute("INSERT OR IGNORE INTO htx_user VALUES (?, ?)", person)
    connection.commit()
    tokens = {f"Token {token}" for (token,) in connection.execute("SELECT token FROM htx_user")}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/health" or self.headers["Authorization"] in tokens
            self.send_response(200 if known else 401)
            self.end_headers()

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError:
        print("Error: That port is already in use.")
        sys.exit(1)
    print(f"Starting development server at http://127.0.0.1:{port}/", flush=True)
    server.serve_forever()


main()
