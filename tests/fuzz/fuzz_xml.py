"""``python -m tests.fuzz.fuzz_xml -max_total_time=60``: see ``readers.label_config``."""

from __future__ import annotations

from .target import fuzz, traced, with_words

with traced():
    from .readers import label_config, seeds

_WORDS = (
    "<View>¦</View>¦<Labels ¦<Label ¦<Choices ¦<Choice ¦<TextArea ¦<Text ¦<HyperText ¦<Relations>¦"
    '<Relation ¦<Header ¦<Style>¦<Taxonomy ¦<!--¦-->¦<![CDATA[¦]]>¦/>¦ name="t"¦ toName="t"¦'
    ' value="A"¦ value="$text"¦ perRegion="true"¦ required="true"¦ alias="¦ whenTagName="¦'
    ' whenLabelValue="¦ visibleWhen="region-selected"¦ hotkey="¦ background="¦ hint="¦'
    ' choice="multiple"¦ whenChoiceValue="¦ maxSubmissions="1"¦rgba(¦#12¦hsl(¦ctrl+¦,¦&#13;¦&#9;¦'
    "&#x85;¦\"¦'¦&amp;"
)

if __name__ == "__main__":
    fuzz(label_config, seeds("label-config"), with_words(_WORDS))
