"""Who was at work when, what they had on their desk, and when there was nothing for them: measured or derived."""
