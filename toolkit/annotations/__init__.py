"""Annotations: the records, the Label Studio codec, the checks."""
