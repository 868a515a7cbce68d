"""A Label Studio in memory with a seat for everybody of the demo: the door's own dealer hands out, without HTTP."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline.context import Context, Quiet, Tally
from pipeline.demo.annotators import Handed, Seat
from pipeline.demo.people import EVERYBODY, VISITOR
from pipeline.demo.steps import Tell, Workplace
from pipeline.demo.summary import Summary
from pipeline.demo.walk import walk
from pipeline.door import base
from pipeline.door.dealer import LedgerDealer
from pipeline.door.newest import NewestPool
from pipeline.door.pool import Pool
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.label_studio.server import Server
from pipeline.ledger import LedgerPlace
from pipeline.opening import Studio
from pipeline.people.pseudonyms import Pseudonyms

SERVER = Server(port=1, username="admin@headrace.localhost", password="a-password", token="a-token")
DOOR = "http://127.0.0.1:2"
T = TypeVar("T")


class Fresh:
    """The newest pool, waited for, and laid out by the dealer before it deals from it."""

    def __init__(self, pools: NewestPool) -> None:
        self._pools = pools
        self._laid: Pool | None = None
        self.lay: Callable[[Pool], None] = lambda _: None

    def newest(self) -> Pool:
        pool = self._pools.wait()
        if pool is not self._laid:
            self._laid = pool
            self.lay(pool)
        return pool

    wait = newest


@dataclass
class FakeSeat:
    """A person's place before a Label Studio in memory."""

    studio: FakeLabelStudio
    dealer: base.Dealer
    who: base.Visitor
    held: base.Handed | None = None

    def next_task(self) -> Handed | None:
        self.held = found = self.dealer.deal(self.who)
        if found is None:
            return None
        return Handed(id=found.remote_task_id, uid=found.uid, purpose=found.purpose)

    def submit(self, handed: Handed, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        assert self.held is not None
        number = self.studio.annotate(handed.id, self.who.account, result, lead_seconds)
        self.dealer.ended(self.held, "submitted", number)


def seats(ctx: Context, studio: FakeLabelStudio) -> list[Seat]:
    pools = Fresh(NewestPool(ctx.folder, ctx.server))
    dealer = LedgerDealer(LedgerPlace(ctx.folder), pools)
    pools.lay = dealer.lay
    accounts = [studio.person(person.email) for person in EVERYBODY]
    people = [Pseudonyms(ctx).of(account.id) for account in accounts]
    visitors = [
        base.Visitor(annotator=one.annotator, name=one.name, role="annotator", account=one.person_id)
        for one in people
        if one is not None
    ]
    return [FakeSeat(studio, dealer, who) for who in visitors]


def invited(ctx: Context, studio: FakeLabelStudio) -> str:
    assert VISITOR.email is not None
    assert Pseudonyms(ctx).of(studio.person(VISITOR.email).id) is not None
    return f"{DOOR}/in/token"


def office(studio: FakeLabelStudio) -> Callable[[Path, Tell], Workplace]:
    """What gives the walk a Label Studio in memory."""
    return lambda *_: Workplace(
        server=SERVER,
        studio=Studio("fake", lambda: studio),
        door=DOOR,
        seats=lambda ctx: seats(ctx, studio),
        link=lambda ctx: invited(ctx, studio),
    )


def quiet(folder: Path, studio: FakeLabelStudio) -> tuple[Summary, dict[str, Tally]]:
    return walk(folder, lambda _: None, Quiet(), office(studio))


class Interrupting:
    """Progress that somebody interrupts after some answers, in one of the rounds."""

    def __init__(self, after: int, what: str = "label", round_: int = 1) -> None:
        self._after = after
        self._what = what
        self._rounds_left = round_

    def track(self, things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        self._rounds_left -= what == self._what
        for number, thing in enumerate(things, start=1):
            yield thing
            if what == self._what and self._rounds_left == 0 and number == self._after:
                assert total is not None
                assert total >= number
                raise KeyboardInterrupt
