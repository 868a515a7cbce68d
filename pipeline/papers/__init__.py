"""What explains a release to people and machines: its card, its pictures, its Croissant file."""
