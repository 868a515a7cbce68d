"""What must not count as a vote, and what is out of the ordinary, as findings."""
