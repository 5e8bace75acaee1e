"""goldkit: from news articles to a gold dataset of entities, relations and claims."""

__version__ = "0.1.0"
