"""The label schema as code."""
