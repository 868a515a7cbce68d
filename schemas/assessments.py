"""Facts about how good people are: what was made of all that they had said by then."""

from datetime import datetime

from schemas.facts import Fact


class AssessmentFact(Fact):
    """What stood out about people, and how often they are right, as of one moment; the newest one is in force.

    It says what the votes came to then, and can be made again from them at any time.
    """

    table = "assessments"
    key = ("assessed_at",)

    assessed_at: datetime
    votes: int
    """Those that counted by then, on gold too: when there are a tenth more, people are assessed anew."""
    payload: str
    """JSON: for each person how often they are right, by task type, and what stands out, with its evidence."""
