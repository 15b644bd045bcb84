"""How fast ftlint is, beside the floor, the notebook's algorithm and other checkers."""
