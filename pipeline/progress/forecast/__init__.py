"""What comes when: the labeling simulated on from the present state, with what the log says of people and work."""
