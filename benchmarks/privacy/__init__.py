"""The privacy benchmark: labelled texts of our own; how much of what is private is found, and what is found wrongly."""
