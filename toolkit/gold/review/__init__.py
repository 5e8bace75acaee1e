"""Adjudication: what a person is shown of an article that the votes left open, and what they made of it.

Everything that is open carries the label ``?`` (``marks.OPEN``) and the names of those who propose it. Whoever takes
the mark off accepts what is there then; whoever deletes the region or the relation rejects it; what keeps the mark
stays open. All else can be changed, added and deleted as on any screen.

=============  ======================================================================================================
``case``       an article as it is shown: what is settled, what is open, and which difference that belongs to
``board``      makes a case of an article's votes
``words``      the differences in words
``marking``    a Label Studio result with marks, taken apart: regions, arrows, which of them are open
``fates``      what became of each region of a case; ``ties``: of each relation and each link
``outcome``    the gold that follows, and what is still open
``reading``    all of that for one review; ``rounds``: for all reviews of all rounds
=============  ======================================================================================================
"""
