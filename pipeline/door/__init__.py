"""The annotators' way in: one link, one button, and of Label Studio only what the task in their hands needs."""
