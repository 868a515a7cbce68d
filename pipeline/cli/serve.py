"""`headrace serve`: the report as a live page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import EVERYDAY, app

if TYPE_CHECKING:
    import socket

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any that is free.")]
Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen at.")]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", metavar="FILE", help="Ask for the token in this file; made where there is none."
    ),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow", metavar="NAME", help="Answer to this host name too, as behind a proxy; asks for a token."
    ),
]
Names = Annotated[
    bool, typer.Option("--names", help="Show people by their names, not their pseudonyms: for leads.")
]


@app.command(rich_help_panel=EVERYDAY)
def serve(
    port: Port = 8787,
    host: Host = "127.0.0.1",
    token_file: TokenFile = None,
    allow: Allow = None,
    names: Names = False,
) -> None:
    """Show the report as a live page, each figure down to its tasks; Ctrl-C ends it."""
    from urllib.parse import quote

    from pipeline.cli.output import note, tell
    from pipeline.cli.session import read_project
    from pipeline.progress.project import flow_of
    from pipeline.serve.app import make_app
    from pipeline.serve.guard import is_loopback
    from pipeline.serve.live import Live
    from pipeline.serve.running import leave, run
    from pipeline.serve.tokens import token_for

    folder, _ = read_project()
    token = token_for(token_file, is_needed=bool(allow) or not is_loopback(host))
    with listening(host, port) as door:
        live = Live(folder, flow_of)
        live.newest()  # the analysis begins before the first visitor comes
        made = make_app(live, token=token, hosts=[host, *(allow or ())], names=names)
        tell(f"report  {_address(host, door.getsockname()[1])}{f'?token={quote(token)}' if token else ''}")
        if token:
            note("the link holds the token: whoever has it sees the report; it is not shown again")
        if not is_loopback(host):
            note(
                "warning: the page goes over plain HTTP; put it behind a proxy with TLS where others can listen in"
            )
        run(made, door)
        leave(live)


def listening(host: str, port: int) -> "socket.socket":
    """A socket that listens; UsageError where it cannot."""
    import socket

    from schemas.errors import UsageError

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"{host}:{port}: a free address of this machine was expected, {error.strerror or error}; "
            "choose another with --port or --host"
        ) from None


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - what was asked for
    return f"http://{name}:{port}/"
