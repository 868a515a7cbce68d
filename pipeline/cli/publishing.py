"""The command that puts a release where others find it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import RELEASES, AsJson, DryRun, app

if TYPE_CHECKING:
    from pipeline.publishing.parcel import Parcel


@app.command(rich_help_panel=RELEASES)
def publish(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A release, such as 1.2.0.")],
    to: Annotated[
        str, typer.Option("--to", metavar="PLACE", help="hf://org/set, a folder, or s3://bucket/prefix.")
    ],
    public: Annotated[
        bool, typer.Option("--public", help="On the Hub: everybody may read it (default: private).")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put a release where others find it: whole or not at all, and looked at there by hash."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import bars, reading
    from pipeline.publishing.destinations import destination
    from pipeline.publishing.leaving import kept, look_through
    from pipeline.publishing.parcel import expect_ours, pack
    from pipeline.released.opened import Opened

    with reading() as (folder, project, store):
        goes_to = destination(to, public=public)
        release = Opened(version, folder)
        parcel = pack(release)
        expect_ours(parcel, store)
        seen = look_through(release, kept(store, project.people))
    content: dict[str, Any] = {
        "version": parcel.version,
        "to": goes_to.where(parcel.version),
        "dry_run": dry_run,
        "bytes": parcel.bytes,
        "files": [piece.to_json() for piece in parcel.all],
        "withdrawn_since": len(seen.withdrawn),
    }
    if dry_run:
        show(as_json, {**content, "public": public}, lambda: _would(parcel, content, tell))
        return
    receipt = goes_to.send(parcel, bars())
    content |= {"sent": list(receipt.sent), "public": receipt.public, "commit": receipt.commit}
    show(as_json, content, lambda: _did(parcel, content, tell))


def _would(parcel: "Parcel", content: dict[str, Any], tell: Any) -> None:  # noqa: ANN401 - prints a line
    tell(f"would publish {parcel.version} to {content['to']}, {_size(parcel.bytes)}:")
    for piece in parcel.all:
        rows = f"  {piece.rows:,} rows" if piece.rows else ""
        tell(f"  {piece.name}  {_size(piece.bytes)}{rows}")
    _warn(content, tell)


def _did(parcel: "Parcel", content: dict[str, Any], tell: Any) -> None:  # noqa: ANN401 - prints a line
    sent = len(content["sent"])
    news = f"{sent:,} of {len(parcel.all):,} files sent" if sent else "it was there already"
    who = {True: ", for everybody to read", False: ", private", None: ""}[content["public"]]
    tell(f"published {parcel.version} to {content['to']}{who}: {news}; every hash is right there")
    _warn(content, tell)


def _warn(content: dict[str, Any], tell: Any) -> None:  # noqa: ANN401 - prints a line
    if count := content["withdrawn_since"]:
        tell(
            f"withdrawn since: {count:,} records behind its rows; the next release is without them: headrace release"
        )


def _size(count: int) -> str:
    return f"{count / 2**20:,.1f} MB" if count >= 2**20 else f"{count / 2**10:,.1f} kB"
