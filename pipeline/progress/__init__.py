"""Progress: the flow of the work, what holds it back, and when it will be done: pure functions of the event log."""
