"""What is derived from the facts: the current annotations, votes and resolutions, states, and the event log.

Made anew in each connection, so that a store of any age is read with today's definitions; each once it is asked for,
since to bind them all takes longer than to open a store.
"""

import re
from functools import cache

from pipeline.store.views.choosing import CHOOSING
from pipeline.store.views.door import DOOR
from pipeline.store.views.events import EVENTS
from pipeline.store.views.gold import GOLD, GOLD_SAID
from pipeline.store.views.records import RECORDS
from pipeline.store.views.steering import STEERING
from pipeline.store.views.tasks import TASKS
from pipeline.store.views.votes import VOTES

VIEWS = GOLD + VOTES + GOLD_SAID + TASKS + RECORDS + STEERING + CHOOSING + DOOR + EVENTS
_VIEW = re.compile(r"CREATE OR REPLACE TEMP VIEW (\w+) AS\b.*?;\s*(?=--|CREATE|\Z)", re.DOTALL)
_DEFINED = {found[1]: found[0] for found in _VIEW.finditer(VIEWS)}
_NAMES = tuple(_DEFINED)
_WORD = re.compile(r"\w+")


@cache
def views_of(sql: str) -> tuple[tuple[str, str], ...]:
    """The views that a query speaks of, each as name and definition, after those that it stands on."""
    wanted = set(_WORD.findall(sql))
    for name in reversed(_NAMES):  # a view stands on earlier ones only
        if name in wanted:
            wanted.update(_WORD.findall(_DEFINED[name]))
    return tuple((name, _DEFINED[name]) for name in _NAMES if name in wanted)
