"""The people who label: their pseudonyms, what they may do, how they come and how they are forgotten."""
