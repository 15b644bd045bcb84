"""Stage 3: the code behind the rules, a module per hundred; they yield problems and know no level, text or column."""
