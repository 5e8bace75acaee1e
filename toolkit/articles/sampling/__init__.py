"""Which articles are labelled, where a corpus has more than anyone can label.

==============  =====================================================================================================
``corpus``      the articles as far as a sample needs to know them, read without keeping their texts
``seek``        what is sought in the texts: names and patterns, and how many articles must have them
``strata``      languages, outlets, months and stories, and whose turn is next
``draw``        the sample: what is kept, what is sought, and the rest by strata
``file``        configs/sample.yaml, which people edit
``checks``      what does not fit in a sample, as findings
==============  =====================================================================================================
"""
