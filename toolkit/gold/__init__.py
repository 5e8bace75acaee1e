"""From annotations to gold."""
