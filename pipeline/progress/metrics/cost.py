"""Cost: what was paid, and what an accepted task cost, where pay is given."""

from collections import defaultdict

from pipeline.progress.metrics.billing import billing
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

ACCEPTED = "SELECT count(*) AS n FROM log_tasks WHERE stands = 'done' AND accepted BETWEEN $1 AND $2"


class CurrencyCost(Frozen):
    """What was paid in one currency."""

    currency: str
    amount: float
    people: int
    per_accepted: float | None
    """The amount over all accepted tasks of the window, whoever worked at them; null where none was accepted."""


class Cost(Frozen):
    """One entry a currency; they are never added up."""

    currencies: tuple[CurrencyCost, ...]
    accepted: int
    paid_share: float
    """The share of the votes that come from people whose pay is given: below 1, the cost is higher than said."""


def cost(log: EventLog, window: Window, team: Team) -> Cost | None:
    """`Σ (hours or votes x pay) / tasks accepted in the window`, each currency apart; None where nobody's pay is given.

    Hours are those at work where the log says them, else busy and starved. Work at tasks that are not accepted yet is
    paid too: in a growing queue the figure is higher than in the end. Source: unit cost of an accepted item.
    """
    paid = {member.id: member.pay for member in team.people if member.pay is not None}
    if not paid:  # to count hours for nothing takes as long as for something
        return None
    gather(log)
    rows = billing(log, team, "person", window)
    amounts: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        if pay := paid.get(row.name):
            amounts[pay.currency].append(pay.amount * (row.hours if pay.per == "hour" else row.submitted))
    accepted = int(log.rows(ACCEPTED, window.params)[0]["n"])
    votes = sum(row.submitted for row in rows)
    if not amounts:
        return None
    return Cost(
        currencies=tuple(
            CurrencyCost(
                currency=currency,
                amount=sum(each),
                people=len(each),
                per_accepted=sum(each) / accepted if accepted else None,
            )
            for currency, each in sorted(amounts.items())
        ),
        accepted=accepted,
        paid_share=sum(row.submitted for row in rows if row.name in paid) / votes if votes else 0.0,
    )
