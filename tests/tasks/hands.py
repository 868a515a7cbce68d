"""A person's hands at a page: what they press, click and write, on keyboards of three countries, and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from playwright.sync_api import Page

Layout: TypeAlias = Literal["us", "german", "french"]
LAYOUTS: tuple[Layout, ...] = ("us", "german", "french")

_ELSEWHERE: Mapping[Layout, Mapping[str, str]] = {
    "us": {},
    "german": {"y": "KeyZ", "z": "KeyY"},
    "french": {"a": "KeyQ", "q": "KeyA", "z": "KeyW", "w": "KeyZ", "m": "Semicolon"},
}
"""Letters that lie where another one lies on a US keyboard, which the names of the places go by."""
_FRENCH_DIGITS = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))
"""What the keys of the digits say there without shift."""
_SHIFT = 8


@dataclass
class Hands:
    """What somebody does at one page; the counts go on until they are read."""

    page: Page
    layout: Layout = "us"
    pressed: int = 0
    """Keystrokes, Ctrl+Enter too; what is written in a text box is not counted."""
    clicked: int = 0

    def begin(self) -> None:
        """The guideline, which Label Studio shows first, closed by Escape; not of a task, so not counted."""
        told = self.page.locator(".guideline")
        told.wait_for()
        self.page.keyboard.press("Escape")
        told.wait_for(state="detached")

    def press(self, keys: str) -> None:
        """Keys one after the other, parted by blanks: digits, letters, and letters with shift, as in `shift+c`."""
        for key in keys.split():
            self._strike(key.removeprefix("shift+"), shifted=key.startswith("shift+"))
            self.pressed += 1

    def command(self, key: str) -> None:
        """A key that is the same on every keyboard, such as Enter, as Playwright calls it."""
        self.page.keyboard.press(key)
        self.pressed += 1

    def click(self, selector: str, at: int = 0) -> None:
        """A click on what the page shows."""
        self.page.locator(selector).nth(at).click()
        self.clicked += 1

    def write(self, selector: str, text: str) -> None:
        """A text in a box that opens by a click, kept by Enter."""
        box = self.page.locator(selector)
        box.fill(text)
        box.press("Enter")

    def submit(self) -> None:
        """Ctrl+Enter, and the server has it."""
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
        ) as submitted:
            self.command("Control+Enter")
        assert submitted.value.ok, submitted.value.text()

    def _strike(self, letter: str, *, shifted: bool) -> None:
        shown = _FRENCH_DIGITS.get(letter, letter) if self.layout == "french" and not shifted else letter
        shown = shown.upper() if shifted else shown
        place = f"Digit{letter}" if letter.isdigit() else f"Key{letter.upper()}"
        event = {
            "key": shown,
            "code": _ELSEWHERE[self.layout].get(letter, place),
            "windowsVirtualKeyCode": ord(letter.upper()),
            "modifiers": _SHIFT if shifted else 0,
        }
        session = self.page.context.new_cdp_session(self.page)
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": shown, **event})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        session.detach()
