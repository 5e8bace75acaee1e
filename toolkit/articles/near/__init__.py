"""Near-copies: which articles say the same in the same words, and what only looks so.

===============  ====================================================================================================
``words``        a text as passages of normalised words, each word a number
``boilerplate``  the passages that an outlet puts under everything, learnt from the articles themselves
``shingles``     the set of a text's 5-word shingles, and who holds a shingle
``ragged``       arrays in files, for work that is spread
``shards``       what a worker does with some of the articles
``candidates``   pairs worth comparing: MinHash with LSH for likeness, an inverted index for containment
``pairs``        the exact Jaccard similarity and containment of a pair, and what kind of pair that makes it
``copies``       all of that for a corpus
``exact``        the same by another way that leaves out nothing, for the last check before a dataset is written
``components``   what hangs together: the groups that the pairs make, and how they are named
===============  ====================================================================================================

A text is compared by its shingles [Broder, On the resemblance and containment of documents, 1997].
"""
