"""Progress for people: measured once from the store, shown in a terminal, on a page, or as JSON."""
