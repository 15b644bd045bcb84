"""Stage 7, the run: convert, check, gate, train, evaluate and compare, each stage journalled before the next."""
