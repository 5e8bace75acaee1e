"""Words that mean something to the comparison of names and claims: titles, particles, pronouns, function words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORD = re.compile(r"[^\W_]+")
_SHORT = 2  # letters of a word that says nothing alone


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
    "candidate suspect comrade citizen mme herr frau"
)
"""What may stand before a person's name, and is none of it."""

COURTESY = _words("mr mrs ms miss mx sir lady madame monsieur mme herr frau")
"""Titles that say nothing of what somebody is or does."""

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
    "madame": "f", "mme": "f", "frau": "f", "monsieur": "m", "herr": "m",
    "sister": "f", "daughter": "f", "wife": "f", "girl": "f", "boy": "m", "man": "m", "woman": "f",
}  # fmt: skip

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    "en": _words(
        "about above after again against ain all already also although among and another any are aren around because "
        "been before being below between both but can cannot could couldn did didn does doesn doing don done down "
        "during each either else even ever every few for from had hadn has hasn have haven having her here hers him "
        "his how however into isn its itself just less like many may might more most much must neither never nobody "
        "none nor not nothing now off once one only onto other others our out over own perhaps quite rather said same "
        "say saying says shall she should shouldn since some still such than that the their them then there therefore "
        "these they this those though through thus till told too toward towards under until upon very was wasn were "
        "weren what when where whether which while who whom whose why will with within without won would wouldn yet "
        "you your"
    ),
    "de": _words(
        "aber alle als auch auf aus bei beim bis dann das dass daß dem den denn der des dessen die dies diese diesem "
        "diesen dieser dieses doch durch ein eine einem einen einer eines für haben hat hatte hatten hier ihm ihn ihr "
        "ihre immer ist jede jeder kein keine mehr mit muss nach nicht noch nur oder ohne schon sehr sei sein seine "
        "seit sich sie sind und uns unter vom von vor war waren was wegen weil wenn wer werden wie wird wurde wurden "
        "zum zur über"
    ),
    "fr": _words(
        "ainsi alors après aucun aussi autre autres aux avant avec avoir cela ces cet cette ceux chez comme dans "
        "depuis des deux donc elle elles encore entre est fait ils leur leurs lors lui mais moins même nous ont par "
        "pas pendant plus pour quand que quel quelle qui sans selon ses son sont sous sur tous tout toute très une "
        "vers vous été être"
    ),
    "es": _words(
        "ante antes aunque como con contra cuando del desde donde durante ella ellos entre era eran esa ese eso esta "
        "estaba este esto están fue fueron han hasta hay las los mientras muy más nada para pero poco por porque pues "
        "que quien según ser sin sino sobre son sus también tan tanto todo todos una unos"
    ),
    "it": _words(
        "alla alle anche ancora che chi come con cui dai dal dalla degli dei del della delle dello dopo dove erano "
        "essere gli hanno loro nei nel nella nelle non ogni per perché più poi prima quale quando quanto quella "
        "quelle quelli quello questa queste questi questo senza sia sono stata stati stato sua sue sul sulla suo suoi "
        "tra tutti tutto una"
    ),
    "pt": _words(
        "ainda além aos apenas após até com dela dele depois eles essa esse está estão foi foram isso isto mais mas "
        "mesmo muito nas nem nos num numa não outra outro para pela pelas pelo pelos pois qual quem sem seu seus sob "
        "também uma você"
    ),
    "nl": _words(
        "aan als bij dan dat deze die dit door een eens had heeft hem het hier hun kan maar met naar niet nog onder "
        "ons ook over reeds tegen toch toen tot uit van veel voor want waren wat wel werd werden wordt zal zich zijn "
        "zonder"
    ),
    "ru": _words(
        "без более был была были было быть вас весь вот все всего всех где для его если есть еще ещё или ими как "
        "когда которая которого которое которой которые который которых лишь между меня может над нас него нее ней "
        "нет неё ним них ничего однако она они оно перед под после потому почти при про себя так также такой там тем "
        "того тоже той только том тому тот уже хотя чего чем через что чтобы эта эти этих это этого этой этом этот"
    ),
    "ar": _words(
        "أحد أما أنا أنه أنها أول أيضا أيضًا إذا إلا إلى إنه إنها التي الذي الذين اللذين بأن بعد بعض بين تلك حتى حول "
        "حيث خلال دون ذلك سوف عبر عدم على عليه عليها عما عند عندما غير فإن فقط فيه فيها قال قالت قبل كان كانت كما لأن "
        "لدى لقد لكن لها ليس ليست مثل مما منذ منه منها نحو هذا هذه هناك وأن وقال وقالت وقد وكان ولا ولم وهو وهي يكون"
    ),
}
"""Words of three letters and more that say nothing of what a sentence is about, by language."""


def words(text: str) -> list[str]:
    """The words of a text without their case, in its order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def content_words(text: str, language: str) -> set[str]:
    """The words that say what a text is about; "" is English, and of a language without a list all long ones are."""
    said = {word for word in words(text) if len(word) > _SHORT}
    return said - FUNCTION_WORDS.get(language or "en", frozenset())
