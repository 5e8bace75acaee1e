"""Gold as tables that `datasets` loads."""
