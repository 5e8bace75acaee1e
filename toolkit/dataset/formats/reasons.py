"""Why a format cannot hold something, or not as it is, in words for people: said of one thing, counted of many."""

from __future__ import annotations

# Left out.
ENTITIES_NOT_GOLD = "its entities are not gold: with none it would read as if there were none"
NOTHING_GOLD = "nothing of it is gold: with no annotations it would read as if there were none"
WITHOUT_TOKENS = "it holds no token"
NESTED = "it shares a token with another mention"
ONLY_AN_END = "it is an end of relations or claims only: the entities of its article are not gold"
END_LEFT_OUT = "an end of it is left out"
TAGS_ONLY = "CoNLL holds tags only"
NO_CLAIMS = "DocRED holds no claims"
BLANK = "it holds nothing but white space"
ACROSS_ARTICLES = "it goes across articles, and the formats hold each article by itself"
NOT_XML = "it holds a character that XML has no way to write"

# Changed.
WIDENED = "an edge lies inside a token: it covers the whole of it"
LINK_LEFT_OUT = "a claimant, a cue or a value of it is left out, and the link with it"
EDGE_IS_BREAK = "it begins or ends with a line break or a tab: that is cut off"
