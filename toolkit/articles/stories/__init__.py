"""Stories: which articles of several outlets are about one event. Proposed here, confirmed by a person.

==============  =====================================================================================================
``terms``       the words and the names of a text; names so that they match across scripts and transliterations
``likeness``    how much two articles speak of the same: TF-IDF over words and over names
``propose``     stories of articles that have none, and articles that may join a story
``entries``     configs/stories.yaml as data: what a person decided, and what that makes of the articles
``edit``        the same file as text: new proposals go in, nothing of a person's goes out
==============  =====================================================================================================
"""
