"""``ftlint fix``: from the problems of a check to splices of the file's bytes; what is not mended stays as it is."""
