"""How far annotators agree beyond chance, as pure functions of plain data.

- ``nominal``: one label for each thing that all have before them. Krippendorff's α, Cohen's κ, Fleiss' κ, Gwet's AC1.
- ``unitizing``: where units begin and end in a text, and their labels. Krippendorff's uα, |uα, cuα.
- ``gamma``: the same, by alignment. Mathet's γ.
- ``bootstrap``: intervals for all of them.

Every coefficient is taken in two steps. An article's *statistics* are a vector of counts and lengths; vectors of
several articles are added; the coefficient is a function of the sum. So articles can be counted one at a time and in
any order, and be drawn again a thousand times without another look at a span. ``continuum`` holds the data of
unitizing, ``sums`` what the steps have in common.
"""
