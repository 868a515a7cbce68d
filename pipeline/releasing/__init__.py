"""What a release is made of: its rows, its files, its manifest and its card."""
