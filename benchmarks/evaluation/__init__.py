"""How fast held-out examples are answered, against a loop of threads with a pause per result."""
