"""From votes to a settlement: which votes count together, whether more are wanted, what an adjudicator decided."""
