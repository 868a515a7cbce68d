"""What a change would do and cost before it is made: paces, hours of people, what a condition chooses."""
