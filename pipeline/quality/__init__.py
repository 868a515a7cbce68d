"""Quality: pure functions of votes and a distance."""
