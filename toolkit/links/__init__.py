"""Across the articles of a story: who is who, and which claims say the same, or the opposite."""
