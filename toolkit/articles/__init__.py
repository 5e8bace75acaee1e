"""Articles: read, cleaned, frozen, stored."""
