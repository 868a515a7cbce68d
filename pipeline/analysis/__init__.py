"""What is already there: the labels of Label Studio projects that are not Headrace's own, and how far they agree."""
