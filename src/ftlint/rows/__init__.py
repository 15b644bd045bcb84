"""Before stage 1: rows from tables, JSON and sheets, and what they become: training examples, split without leakage."""
