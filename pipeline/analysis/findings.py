"""What is odd in an input: counted by reason, with where it was first seen. An oddity is never an error."""

from collections import Counter


class Findings:
    """Reasons with counts; the first place of each is kept."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    def add(self, reason: str, where: str, times: int = 1) -> None:
        """One more of a kind; none where `times` is 0."""
        if times:
            self.counts[reason] += times
            self.first.setdefault(reason, where)

    def to_json(self) -> list[dict[str, str | int]]:
        """The most frequent first."""
        ranked = sorted(self.counts.items(), key=lambda one: (-one[1], one[0]))
        return [{"finding": reason, "count": count, "first": self.first[reason]} for reason, count in ranked]
