"""Answers: is the final answer of a candidate the same as the reference? Equal, not equal, or unknown."""

import time
from collections.abc import Sequence
from typing import ClassVar

from pipeline.verification._comparing import Compared, compare
from pipeline.verification._finals import final, of_reference
from pipeline.verification._workers import worker
from pipeline.verification.base import Check, Found
from schemas.records import Record
from schemas.screening import REFERENCE
from schemas.verification import AnswersConfig

_SHOWN = 200
"""Characters of an answer that its evidence holds."""


class Answers(Check[AnswersConfig]):
    """Strings and fractions first, then computer algebra in a process that may be killed."""

    name = "answers"
    title = "final answers"
    certain: ClassVar[tuple[str, ...]] = ("equal", "not_equal")

    def look(self, record: Record, options: AnswersConfig) -> Sequence[Found]:
        reference = of_reference(record.reference)
        if record.reference is None or (reference is None and not record.candidates):
            return ()
        found = [*self._of_reference(record, options)]
        doubted = any(one.outcome == "not_equal" for one in found)
        for place, candidate in enumerate(record.candidates):
            if doubted:
                found.append(Found(place, "unknown", {"why": "the reference contradicts itself"}))
            else:
                found.append(_found(place, reference, final(candidate.text), options))
        return found

    def _of_reference(self, record: Record, options: AnswersConfig) -> Sequence[Found]:
        """Where the source gives an answer and a solution, whether they say the same."""
        known = record.reference
        if known is None or not known.answer or not known.solution:
            return ()
        arrived = final(known.solution)
        return [_found(REFERENCE, known.answer.strip(), arrived, options)] if arrived else ()


def _found(place: int, reference: str | None, answer: str | None, options: AnswersConfig) -> Found:
    if not reference or not answer:
        names = (
            "the reference" if not reference else "the solution" if place == REFERENCE else "the candidate"
        )
        return Found(place, "unknown", {"why": f"{names} names no final answer"})
    began = time.process_time()
    compared: Compared = compare(reference, answer, worker(options.cpu_seconds, options.memory_mb).ask)
    detail = {"reference": reference[:_SHOWN], "answer": answer[:_SHOWN], "by": compared.how}
    return Found(place, compared.outcome, detail, round(time.process_time() - began, 6))


check = Answers()
