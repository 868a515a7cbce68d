"""A dealer at work: over a folder's ledger and newest snapshot, with a look at the clock every now and then."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.door.dealer import LedgerDealer
from pipeline.door.newest import NewestPool
from pipeline.ledger import LedgerPlace
from schemas.errors import HeadraceError

SECONDS = 20.0
"""How often one looks for what ran out, who left and what is new."""
_LOG = logging.getLogger("headrace.door")


@contextmanager
def dealing(
    folder: Path,
    server: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    seconds: float = SECONDS,
) -> Iterator[LedgerDealer]:
    """A dealer for a project folder and the Label Studio that its facts call `server`, as long as it is wanted."""
    place = LedgerPlace(folder)
    pools = NewestPool(folder, server, clock)
    dealer = LedgerDealer(place, pools, clock)
    pools.told = dealer.lay
    over = threading.Event()
    ticking = threading.Thread(target=_tick, args=(dealer, over, seconds), name="dealer", daemon=True)
    ticking.start()
    try:
        yield dealer
    finally:
        over.set()
        ticking.join()
        pools.rest()
        place.close()


def _tick(dealer: LedgerDealer, over: threading.Event, seconds: float) -> None:
    while not over.wait(seconds):
        try:
            dealer.tick()
        except HeadraceError as error:
            _LOG.warning("%s", error)
        except Exception:  # noqa: BLE001 - the next look may go better
            _LOG.exception("what ran out could not be taken back")
