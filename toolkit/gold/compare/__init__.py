"""How the work of several annotators on one article is compared: what is paired, what is not, and where they differ."""
