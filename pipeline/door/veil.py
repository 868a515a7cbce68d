"""Numbers of tasks as a person sees them: another order for each, so that they tell nothing.

Label Studio numbers tasks in the order of their import. Who knows that gold was imported first, or compares with
somebody else, could tell it by its number.
"""

import hmac

ROUNDS = 6
HALF = 16
MASK = (1 << HALF) - 1


class Veil:
    """A permutation of the numbers 1 to 2**32 for each person, by a key."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"veil", "sha256")

    def shown(self, annotator: str, number: int) -> int:
        """What a person sees in a task's number's place."""
        left, right = divmod(number - 1, 1 << HALF)
        for turn in range(ROUNDS):
            left, right = right, left ^ self._mix(annotator, turn, right)
        return (left << HALF | right) + 1

    def meant(self, annotator: str, shown: int) -> int:
        """The task's number, from what a person sees in its place."""
        if not 1 <= shown <= 1 << 2 * HALF:
            return 0
        left, right = divmod(shown - 1, 1 << HALF)
        for turn in reversed(range(ROUNDS)):
            left, right = right ^ self._mix(annotator, turn, left), left
        return (left << HALF | right) + 1

    def _mix(self, annotator: str, turn: int, half: int) -> int:
        digest = hmac.digest(self._key, f"{annotator}\0{turn}\0{half}".encode(), "sha256")
        return int.from_bytes(digest[:2]) & MASK
