"""Many who ask at the same moment, people who drop out, processes that are killed: no vote twice, none lost."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.door.base import Handed
from pipeline.door.dealer import LedgerDealer
from pipeline.door.pool import Pool
from pipeline.ledger import LedgerPlace
from tests.pipeline.door.dealing import Clock, Laid, World, pool, task, visitor

SIX = ("ann", "bob", "cho", "dia", "eve", "fay")
ROUNDS = 200


def at_once(*deeds: Callable[[], None]) -> None:
    """Do all of these in threads that start together; what one of them raises is raised."""
    gate, faults = threading.Barrier(len(deeds)), list[BaseException]()

    def do(deed: Callable[[], None]) -> None:
        gate.wait()
        try:
            deed()
        except BaseException as fault:  # noqa: BLE001 - handed on
            faults.append(fault)

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def votes(place: LedgerPlace, *, late: bool = False) -> dict[str, list[str]]:
    """Who gave a vote on each task; or who came late, when somebody else had it in hand."""
    found = defaultdict(list)
    with place.reading() as con:
        for row in con.execute("SELECT uid, annotator, slot FROM leases WHERE ending = 'submitted'"):
            if late is (row["slot"] == 0):
                found[row["uid"]].append(row["annotator"])
    return dict(found)


def test_six_who_press_the_button_at_the_same_moment_never_get_one_vote(tmp_path: Path) -> None:
    world = World(tmp_path, pool(*(task(n) for n in range(6 * ROUNDS))))
    for _ in range(ROUNDS):
        handed: list[Handed | None] = []

        def press(name: str, handed: list[Handed | None] = handed) -> None:
            got = world.deal(name)
            handed.append(got)
            if got is not None:
                world.dealer.ended(got, "submitted", 1)

        at_once(*(lambda name=name: press(name) for name in SIX))
        assert len({one.uid for one in handed if one}) == 6
    done = votes(world.place)
    assert len(done) == 6 * ROUNDS
    assert {len(people) for people in done.values()} == {1}


def test_everybody_does_all_and_each_task_gets_exactly_its_votes_while_people_drop_out(
    tmp_path: Path,
) -> None:
    wanted = {f"t{n:04}": 1 + n % 3 for n in range(90)}
    laid = pool(*(task(n, missing=1 + n % 3, project_id=1 + n % 4) for n in range(90)))
    world = World(tmp_path, laid)

    def work(name: str) -> None:
        drawn = random.Random(name)
        while (handed := world.deal(name)) is not None:
            chance = drawn.random()
            if chance < 0.1:  # drops out in the middle: the task comes back by itself
                world.clock.move(hours=9)
            elif chance < 0.2:
                world.dealer.leaves(visitor(name))
            else:
                world.dealer.ended(handed, "submitted", 1)

    at_once(*(lambda name=name: work(name) for name in SIX))
    world.clock.move(hours=9)
    world.dealer.tick()
    for name in SIX:
        world.does_all(name)
    done, late = votes(world.place), votes(world.place, late=True)
    for uid, number in wanted.items():
        given, after = done.get(uid, []), late.get(uid, [])
        assert len(given) <= number <= len(given) + len(after), uid
        assert len({*given, *after}) == len(given) + len(after)
    assert _open(world.place) == 0


def _open(place: LedgerPlace) -> int:
    with place.reading() as con:
        return int(con.execute("SELECT count(*) FROM leases WHERE ended_at IS NULL").fetchone()[0])


def test_a_newer_snapshot_in_the_middle_of_it_all_changes_nothing(tmp_path: Path) -> None:
    laid = pool(*(task(n, missing=2) for n in range(120)))
    world, over = World(tmp_path, laid), threading.Event()

    def renew() -> None:
        while not over.is_set():
            said: dict[str, list[str]] = votes(world.place)
            left = {
                uid: replace(one, missing=2 - len(said.get(uid, ())))
                for uid, one in laid.tasks.items()
                if len(said.get(uid, ())) < 2
            }
            world.lay(Pool(tasks=left, said={uid: frozenset(people) for uid, people in said.items()}))

    def work(name: str) -> None:
        for _ in range(200):
            if (handed := world.deal(name)) is not None:
                world.dealer.ended(handed, "submitted", 1)

    renewing = threading.Thread(target=renew)
    renewing.start()
    try:
        at_once(*(lambda name=name: work(name) for name in SIX))
    finally:
        over.set()
        renewing.join()
    done = votes(world.place)
    assert {len(set(people)) for people in done.values()} == {2}
    assert len(done) == 120


PROCESS = """
import sys
from pathlib import Path
from tests.pipeline.door.dealing import World, pool, task
world = World(Path(sys.argv[1]), pool(*(task(n, missing=2) for n in range(int(sys.argv[3])))))
print("ready", flush=True)
sys.stdin.readline()
while (handed := world.deal(sys.argv[2])) is not None:
    world.dealer.ended(handed, "submitted", 1)
    print(handed.uid, flush=True)
"""


def start(folder: Path, name: str, tasks: int) -> "subprocess.Popen[str]":
    """A process of its own in which somebody does all that there is."""
    begun = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(folder), name, str(tasks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert begun.stdout is not None
    assert begun.stdout.readline() == "ready\n"
    return begun


def test_several_processes_deal_from_one_ledger(tmp_path: Path) -> None:
    begun = [start(tmp_path, name, 100) for name in SIX[:4]]
    for one in begun:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate()[0].split() for one in begun]
    counts = Counter(uid for row in told for uid in row)
    assert set(counts.values()) == {2}
    assert len(counts) == 100
    assert all(len(set(row)) == len(row) for row in told)


def test_a_ledger_whose_writer_was_killed_opens_and_is_right(tmp_path: Path) -> None:
    told: list[str] = []
    for number in range(4):
        begun = start(tmp_path, f"ann-{number}", 3000)
        assert begun.stdin is not None
        assert begun.stdout is not None
        begun.stdin.write("go\n")
        begun.stdin.flush()
        told += [begun.stdout.readline().strip() for _ in range(20)]
        time.sleep(random.Random(number).random() / 20)
        begun.send_signal(signal.SIGKILL)
        told += begun.communicate()[0].split()
    place = LedgerPlace(tmp_path)
    done = votes(place)
    told = [uid for uid in told if len(uid) == 5]  # the last line may be cut off
    assert set(told) <= set(done), "what somebody was told is done, is on disk"
    with place.reading() as con:
        assert con.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        served = con.execute("SELECT count(*) FROM events WHERE event = 'served'").fetchone()[0]
        submitted = con.execute("SELECT count(*) FROM events WHERE event = 'submitted'").fetchone()[0]
        assert served == con.execute("SELECT count(*) FROM leases").fetchone()[0]
        assert submitted == sum(len(people) for people in done.values())
    held = _open(place)
    dealer = LedgerDealer(place, Laid(pool(*(task(n, missing=2) for n in range(3000)))), Clock())
    for number in range(4):  # what was in their hands still is
        handed = dealer.deal(visitor(f"ann-{number}"))
        assert handed is not None
        assert handed.uid not in {uid for uid, people in done.items() if f"ann-{number}" in people}
    assert held <= 4
    assert _open(place) == 4


def test_the_ledger_itself_refuses_a_vote_that_somebody_has(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1)))
    world.gets("ann")
    with pytest.raises(sqlite3.IntegrityError), world.place.writing() as con:  # noqa: PT012 - one statement in the end
        names = [row["name"] for row in con.execute("PRAGMA table_info(leases)")]
        given = ["'bob'" if name == "annotator" else "'x'" if name == "lease_id" else name for name in names]
        con.execute(f"INSERT INTO leases SELECT {', '.join(given)} FROM leases")  # noqa: S608 - our names
    assert world.deal("bob") is None
