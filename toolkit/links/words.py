"""Words that mean something to the comparison of names: titles, particles, generic nouns, pronouns."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("the a an le les l il lo der die das")
PARTICLES = _words(
    "al el ad an ar as ash at az ath adh ul ur us de da do dos das di del della du des la le van von der den ter ten "
    "zu bin ibn bint ben y e"
)
STOP_WORDS = _words(
    "of for and in at on to by from near after before as with his her its their this that these those s"
)

TITLES = _words(
    "mr mrs ms miss mx sir lord lady dame madame monsieur dr doctor prof professor rev reverend father sister bishop "
    "archbishop cardinal pope imam sheikh sheik haj hajji sayyid king queen prince princess emir sultan shah president "
    "vice premier chancellor minister secretary undersecretary governor mayor senator deputy mp congressman "
    "congresswoman representative speaker ambassador envoy consul judge justice prosecutor attorney lawyer marshal "
    "general colonel major brigadier lieutenant captain commander sergeant corporal private admiral commodore officer "
    "inspector superintendent detective sheriff constable chief director chairman chairwoman chairperson chair head "
    "leader spokesman spokeswoman spokesperson coach actor actress singer writer author poet engineer technician "
    "trooper rep agent publicist warlord strongman lawmaker activist student researcher scientist historian economist "
    "candidate suspect comrade citizen"
)
"""What may stand before a person's name, and is none of it."""

SOURCES = _words(
    "spokesman spokeswoman spokesperson source sources official officials witness witnesses resident residents people "
    "person man men woman women others someone somebody everyone anyone nobody one ones expert experts analyst "
    "analysts observer observers reporter reporters journalist journalists correspondent colleague colleagues friend "
    "friends neighbour neighbours neighbor neighbors worker workers member members some many"
)
"""Common nouns that say nothing of who it is: in another article it is somebody else."""

OTHERS = _words("another other others some several more many few any each every no two three four five six")
"""What stands before a common noun that is not what was mentioned before."""

DIRECTIONS = _words(
    "north south east west northern southern eastern western northeast northwest southeast southwest new old upper "
    "lower"
)

NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "first": "1", "second": "2", "third": "3",
    "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10",
    "eleventh": "11", "twelfth": "12", "II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8",
    "IX": "9", "XI": "11", "XII": "12", "XIII": "13", "XIV": "14", "XVI": "16",
}  # fmt: skip

GENERIC = {
    "حكومة": "government", "وزارة": "ministry", "دفاع": "defence", "داخلية": "interior", "خارجية": "foreign",
    "جيش": "army", "شرطة": "police", "بحرية": "navy", "ميناء": "port", "مرفأ": "port", "مطار": "airport",
    "خليج": "gulf", "بحر": "sea", "نهر": "river", "جسر": "bridge", "سد": "dam", "قاعدة": "base", "مدينة": "city",
    "جامعة": "university", "مستشفى": "hospital", "حزب": "party", "لجنة": "committee", "مجلس": "council",
    "برلمان": "parliament", "محكمة": "court", "كتائب": "brigades", "كتيبة": "brigade", "اتحاد": "union",
    "شركة": "company", "شمال": "north", "جنوب": "south", "شرق": "east", "غرب": "west",
    "правительство": "government", "министерство": "ministry", "обороны": "defence", "армия": "army",
    "полиция": "police", "порт": "port", "аэропорт": "airport", "залив": "gulf", "море": "sea", "река": "river",
    "мост": "bridge", "город": "city", "университет": "university", "больница": "hospital", "партия": "party",
    "комитет": "committee", "совет": "council", "парламент": "parliament", "суд": "court", "союз": "union",
}  # fmt: skip
"""Common nouns within names that an outlet in another language translates, while it transliterates the rest."""

PRONOUNS = {
    "he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f",
    "it": "n", "its": "n", "itself": "n", "they": "p", "them": "p", "their": "p", "theirs": "p", "themselves": "p",
    "who": "r", "whom": "r", "whose": "r", "which": "r", "that": "r", "where": "r", "there": "n", "here": "n",
    "i": "s", "me": "s", "my": "s", "mine": "s", "myself": "s", "we": "s", "us": "s", "our": "s", "ours": "s",
    "ourselves": "s", "you": "s", "your": "s", "yours": "s", "هو": "m", "هي": "f", "هم": "p", "он": "m", "его": "m",
    "ему": "m", "она": "f", "её": "f", "ей": "f", "они": "p", "их": "p",
}  # fmt: skip
"""m, f, n, p: he, she, it, they; r: leads back to the words right before it; s: whoever speaks, or is spoken to."""

GENDERED = {
    "mr": "m", "sir": "m", "lord": "m", "king": "m", "prince": "m", "actor": "m", "chairman": "m", "spokesman": "m",
    "father": "m", "brother": "m", "son": "m", "husband": "m", "mrs": "f", "ms": "f", "miss": "f", "lady": "f",
    "dame": "f", "queen": "f", "princess": "f", "actress": "f", "chairwoman": "f", "spokeswoman": "f", "mother": "f",
    "sister": "f", "daughter": "f", "wife": "f", "girl": "f", "boy": "m", "man": "m", "woman": "f",
}  # fmt: skip
