"""A dataset in the formats of other tools: one module a format, and a count of what each of them cannot hold."""
