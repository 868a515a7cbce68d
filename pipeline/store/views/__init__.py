"""What is derived from the facts: the current annotations, votes and resolutions, states, and the event log.

Made anew in each connection, so that a store of any age is read with today's definitions.
"""

from pipeline.store.views.choosing import CHOOSING
from pipeline.store.views.events import EVENTS
from pipeline.store.views.records import RECORDS
from pipeline.store.views.steering import STEERING
from pipeline.store.views.tasks import TASKS
from pipeline.store.views.votes import VOTES

VIEWS = VOTES + TASKS + RECORDS + STEERING + CHOOSING + EVENTS
