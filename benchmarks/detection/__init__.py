"""The detection benchmark: one known defect of each kind in clean data, and who finds it."""
