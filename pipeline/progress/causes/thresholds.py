"""Every threshold of the search for the bottleneck, with its reason. Measured results: docs/reference/bottleneck.md."""

OVERLOADED = 0.97
"""Load from which a queue is thought to grow. Below 1, since hours and arrivals are known to a few percent only."""
CERTAINLY = 1.05
"""Load from which no other witness is needed than a queue that is not often empty. Below, the queue must have grown."""
GROWS = 1.02
"""What comes in over what goes out, by the queue's growth, from which it has."""
NEVER_EMPTY = 0.05
"""A queue that is empty for less than this share, and grows, says more than a load between 0.9 and 1: somebody who
works over their hours, as people do when much waits, makes the load look smaller than it is."""
COMFORTABLE = 0.9
"""What lies above is the excess that a cause must explain: at nine tenths queues are long, but they end."""
OFTEN_EMPTY = 0.25
"""A queue that is empty for this share of the time that its people are there has capacity to spare, whatever rates say.
At a load of 1 it would hardly ever be; hours are known too low where nobody's idle time is in the log."""

EXPLAINS = 0.4
"""Share of the excess that putting somebody back, or a guideline like the others, must remove: the largest single part.
Not half: two of them may share the blame, and each is worth knowing."""
EXPLAINS_OVERLAP = 0.5
"""The same for distinct people; and nothing over CERTAINLY may be left, or hours are short as well. Higher, since every
shortage eases a little when one person may vote twice."""

MISSING_HOURS = 0.35
"""Of the hours that somebody declares, at the rate at which others keep theirs: less is no part-time week."""

TIMES_CONTESTED = 2.0
"""As often contested as the other types. Types differ by nature: 1.6 times was seen where nothing was wrong."""
SURE = 4.0
"""Standard errors apart: many types are compared in every report, for months."""

INTAKE_SHORT = 0.8
"""Of what is planned: a fifth less is more than a slow week."""
WAIT_DAYS = 0.25
"""Working days that a task waits beyond the day on which it came, on the average, from which a burst matters."""
SMOOTHED = 0.5
"""Of that wait, what would be left if the same tasks came evenly: bursts are the cause if it is less than half."""
STARVES = 0.05
"""Share of people's hours without work, in spite of that backlog: else the burst costs nothing."""

MOST = 3
"""Bottlenecks named at once: what binds fourth is not what to work on."""
THIN = 50
"""Votes or tasks under which a figure moves too much by chance to be sure."""
CLEARLY = 0.15
"""By how much the load of the last week must lie above that of two weeks to be the news."""
