"""How many requests and how many minutes a moderation pass takes, in simulated time, beside the usual script."""
