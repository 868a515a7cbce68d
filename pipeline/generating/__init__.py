"""What tasks are made of beside records: items whose answer is known."""
