"""A network of invented practices in many cities and five languages: what `pages.py` serves.

Texts are made of urban words, so that a question tells practices apart; their vectors are the sums of their words', so
that questions in any language find them by meaning as well, though no text is embedded.
"""

# ruff: noqa: PLC0415 - Django and what needs it are imported once the data folder is set

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise
from typing import Any, NamedTuple

import numpy as np

from metropolis.tools.exchange.engine import Encoder, SearchIndex, open_encoder
from metropolis.tools.exchange.engine.encoders import Progress, Vectors

INITIATIVE = "network"
STEWARD = "steward@example.org"
CITIES = 4000
NAMES = 6000
BATCH = 2000


class Lexicon(NamedTuple):
    """The words of one language: what is done, to what, of which kind, with whom."""

    deeds: tuple[str, ...]
    things: tuple[str, ...]
    kinds: tuple[str, ...]
    people: tuple[str, ...]


def _lexicon(deeds: str, things: str, kinds: str, people: str) -> Lexicon:
    return Lexicon(*(tuple(words.split()) for words in (deeds, things, kinds, people)))


LEXICONS = {
    "en": _lexicon(
        "reopens plants repairs maps shares funds rebuilds cools lights connects measures collects teaches protects "
        "renovates shades cleans counts opens trains",
        "river canal stream rainwater drain sewer tap reservoir flood wetland tree park garden roof square playground "
        "street pavement crossing bicycle bus tram metro station ferry parking traffic noise air smoke waste compost "
        "bottle landfill recycling market kitchen school library clinic nursery housing rent slum tenure land soil "
        "heat shade solar battery grid lamp budget tax bond permit register sensor data app museum theatre festival "
        "stadium football port airport workshop factory jobs",
        "public green small steep dry shared empty old informal safe cheap digital local slow open mobile",
        "residents pupils women elders vendors tenants cyclists farmers nurses waste-pickers engineers migrants",
    ),
    "es": _lexicon(
        "reabre planta repara cartografía comparte financia reconstruye refresca ilumina conecta mide recoge enseña "
        "protege rehabilita sombrea limpia cuenta abre forma",
        "río canal arroyo lluvia drenaje alcantarilla grifo embalse inundación humedal árbol parque jardín tejado "
        "plaza juegos calle acera cruce bicicleta autobús tranvía metro estación lancha aparcamiento tráfico ruido "
        "aire humo residuos compostaje botella vertedero reciclaje mercado cocina escuela biblioteca clínica guardería "
        "vivienda alquiler barriada tenencia suelo tierra calor sombra solar batería red farola presupuesto impuesto "
        "bono licencia catastro sensor datos aplicación museo teatro fiesta estadio fútbol puerto aeropuerto taller "
        "fábrica empleo",
        "público verde pequeño empinado seco compartido vacío viejo informal seguro barato digital local lento abierto "
        "móvil",
        "vecinos alumnas mujeres mayores vendedores inquilinos ciclistas campesinos enfermeras recicladores ingenieros "
        "migrantes",
    ),
    "fr": _lexicon(
        "rouvre plante répare cartographie partage finance reconstruit rafraîchit éclaire relie mesure ramasse "
        "enseigne protège rénove ombrage nettoie compte ouvre forme",
        "fleuve canal ruisseau pluie drain égout robinet barrage inondation marais arbre parc jardin toit place jeux "
        "rue trottoir carrefour vélo bus tramway métro gare bac stationnement circulation bruit air fumée déchets "
        "compost bouteille décharge recyclage marché cuisine école bibliothèque clinique crèche logement loyer "
        "bidonville foncier sol terre chaleur ombre solaire batterie réseau lampadaire budget impôt obligation permis "
        "cadastre capteur données application musée théâtre fête stade football port aéroport atelier usine emploi",
        "public vert petit raide sec partagé vide ancien informel sûr abordable numérique local lent ouvert mobile",
        "habitants élèves femmes aînés vendeurs locataires cyclistes paysans infirmières chiffonniers ingénieurs "
        "migrants",
    ),
    "pt": _lexicon(
        "reabre planta conserta mapeia partilha financia reconstrói refresca ilumina liga mede recolhe ensina protege "
        "reabilita sombreia limpa conta abre forma",
        "rio canal córrego chuva drenagem esgoto torneira reservatório enchente mangue árvore parque jardim telhado "
        "praça brinquedos rua calçada travessia bicicleta ônibus bonde metrô estação balsa estacionamento trânsito "
        "ruído ar fumaça resíduos compostagem garrafa aterro reciclagem mercado cozinha escola biblioteca posto creche "
        "moradia aluguel favela posse solo terra calor sombra solar bateria rede poste orçamento imposto título alvará "
        "cadastro sensor dados aplicativo museu teatro festa estádio futebol porto aeroporto oficina fábrica emprego",
        "público verde pequeno íngreme seco partilhado vazio velho informal seguro barato digital local lento aberto "
        "móvel",
        "moradores alunos mulheres idosos vendedores inquilinos ciclistas agricultores enfermeiras catadores "
        "engenheiros migrantes",
    ),
    "ar": _lexicon(
        "يفتح يزرع يصلح يرسم يشارك يمول يبني يبرد يضيء يربط يقيس يجمع يعلم يحمي يرمم يظلل ينظف يحصي يدرب يعيد",
        "نهر قناة جدول مطر صرف مجرى صنبور سد فيضان مستنقع شجرة حديقة بستان سقف ساحة ملعب شارع رصيف معبر دراجة حافلة "
        "ترام مترو محطة عبارة موقف مرور ضجيج هواء دخان نفايات سماد زجاجة مكب تدوير سوق مطبخ مدرسة مكتبة عيادة حضانة "
        "سكن إيجار عشوائيات حيازة أرض تربة حرارة ظل شمسية بطارية شبكة مصباح ميزانية ضريبة سند رخصة سجل مستشعر بيانات "
        "تطبيق متحف مسرح مهرجان ميناء مطار ورشة مصنع وظائف",
        "عام أخضر صغير جاف مشترك فارغ قديم آمن رخيص رقمي محلي بطيء مفتوح متنقل",
        "السكان التلاميذ النساء المسنون الباعة المستأجرون الفلاحون الممرضات المهندسون المهاجرون",
    ),
}
#: Of a hundred practices, how many are written in each language.
SHARES = {"en": 40, "es": 25, "fr": 15, "pt": 12, "ar": 8}
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "or")]


class Composer:
    """Writes invented texts and questions, the same at each run."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - invented texts need no secrecy
        fixed = random.Random(0)  # noqa: S311 - likewise
        self._names = ["".join(fixed.choices(SYLLABLES, k=3)).capitalize() for _ in range(NAMES)]

    def language(self) -> str:
        """A language, the commoner the likelier."""
        return self._chance.choices(list(SHARES), list(SHARES.values()))[0]

    def name(self) -> str:
        """The name of a quarter; some are met often, most seldom."""
        return self._names[int(NAMES * self._chance.random() ** 3)]

    def sentences(self, language: str, count: int) -> list[str]:
        """What one practice says: sentences about the few things it is about, in one place."""
        words = LEXICONS[language]
        pick = self._chance.choices
        things, names = self._chance.sample(words.things, 5), [self.name(), self.name()]
        deeds, people = pick(words.deeds, k=4), pick(words.people, k=2)
        return [
            " ".join(
                (
                    *(pick(deeds)[0], pick(things)[0], pick(words.kinds)[0], pick(things)[0], pick(people)[0]),
                    *(pick(deeds)[0], pick(things)[0], pick(words.kinds)[0], pick(names)[0]),
                )
            ).capitalize()
            + "."
            for _ in range(count)
        ]

    def question(self) -> str:
        """What somebody asks: two to eight words, now and then a name, a phrase or an exclusion."""
        words, pick = LEXICONS[self.language()], self._chance.choices
        asked = [
            pick(kind)[0]
            for kind in pick((words.things, words.things, words.deeds, words.people), k=pick(range(1, 8))[0])
        ]
        asked.append(pick(words.things)[0])
        special = self._chance.random()
        if special < 0.1:  # noqa: PLR2004 - one in ten
            asked.append(self.name())
        elif special < 0.15:  # noqa: PLR2004 - and one in twenty each
            asked.append(f'"{pick(words.things)[0]}"')
        elif special < 0.2:  # noqa: PLR2004
            asked.append(f"-{pick(words.things)[0]}")
        return " ".join(asked)


class SummedVectors:
    """The vector of a text is the sum of those of its words; questions are really embedded.

    `seconds` is what that took, `busy` the processor's part of it.
    """

    def __init__(self) -> None:
        words = sorted({word for lexicon in LEXICONS.values() for kind in lexicon for word in kind})
        self._numbers = {word: number for number, word in enumerate(words, start=1)}
        self._table = np.concatenate([np.zeros((1, 512), np.float32), open_encoder("use").encode(words)])
        self.seconds = self.busy = 0.0

    def encode(
        self, encoder: Encoder, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None
    ) -> Vectors:
        """See `VectorSource.encode`."""
        del progress
        began, worked = time.perf_counter(), time.process_time()
        vectors = encoder.encode(texts, query=True) if query else self._summed(texts)
        self.seconds += time.perf_counter() - began
        self.busy += time.process_time() - worked
        return vectors

    def _summed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), 512), np.float32)
        for place, text in enumerate(texts):
            known = [self._numbers.get(word.rstrip("."), 0) for word in text[:120].lower().split()]
            vectors[place] = self._table[known].sum(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)


def fill_database(count: int) -> None:
    """Load the shipped places and vocabularies, one open initiative, and `count` public practices."""
    from django.core.management import call_command

    from metropolis.foundation.accounts.operations import open_account
    from metropolis.foundation.places.operations import load_places
    from metropolis.foundation.taxonomy.operations import load_vocabularies
    from metropolis.foundation.workspaces.models import Initiative
    from metropolis.foundation.workspaces.operations import start_initiative

    call_command("migrate", verbosity=0)
    load_vocabularies()
    load_places()
    steward = open_account(email=STEWARD, name="Steward", password="long enough to pass")  # noqa: S106
    fields = {"title": "The network", "one_line": "An initiative in which every city tells what it does."}
    start_initiative(author=steward, fields=fields, tools=["practices", "exchange", "experts"], slug=INITIATIVE)
    Initiative.objects.update(visibility="public", is_open=True)
    _add_practices(count, Initiative.objects.get(), steward)


def _add_practices(count: int, initiative: Any, steward: Any) -> None:
    from django.db import transaction

    from metropolis.foundation.history.models import Entry
    from metropolis.foundation.places.models import City
    from metropolis.foundation.taxonomy.models import Term
    from metropolis.tools.practices.models import BuildingBlock, Practice, Result, Source

    chance = random.Random(1)  # noqa: S311 - invented data need no secrecy
    composer = Composer(2)
    cities = list(City.objects.values_list("pk", flat=True)[:CITIES])
    terms = {name: list(Term.objects.filter(vocabulary=name)) for name in Term.Vocabulary.values}
    common = {"initiative": initiative, "author": steward, "visibility": "public", "organisation": "The city"}
    tagged, adopted = Practice.terms.through, Practice.adopters.through
    for start in range(0, count, BATCH):
        numbers = range(start + 1, min(start + BATCH, count) + 1)
        rows = [
            Practice(id=number, city_id=cities[int(CITIES * chance.random() ** 2)], **common, **_told(composer, chance))
            for number in numbers
        ]
        for row in rows:
            row.slug = f"practice-{row.pk}"
        chosen = [(row.pk, term.pk) for row in rows for name in terms for term in chance.sample(terms[name], 2)]
        takers = [(row.pk, chance.choice(cities)) for row in rows if row.pk % 20 == 0]
        with transaction.atomic():
            Practice.objects.bulk_create(rows)
            # As an import leaves it, but for the change to be taken in: the index is built from all of them.
            Entry.objects.bulk_create(
                Entry(actor=steward, verb="import_practice", kind="practice", key=row.slug, workspace=INITIATIVE)
                for row in rows
            )
            tagged.objects.bulk_create(tagged(practice_id=row, term_id=term) for row, term in chosen)
            adopted.objects.bulk_create(adopted(practice_id=row, city_id=city) for row, city in takers)
            BuildingBlock.objects.bulk_create(BuildingBlock(practice=row, title=row.title, kind="core") for row in rows)
            Source.objects.bulk_create(
                Source(practice=row, title=row.title, url="https://example.org/") for row in rows
            )
            Result.objects.bulk_create(
                Result(practice=row, indicator=row.title, value="12", unit="%") for row in rows if row.pk % 3 == 0
            )


def _told(composer: Composer, chance: random.Random) -> dict[str, Any]:
    language = composer.language()
    said = composer.sentences(language, 14)
    long = {
        "summary": said[1:4], "situation": said[4:6], "problem": said[6:7], "actions": said[7:10],
        "success_factors": said[10:11], "lessons": said[11:13], "preconditions": said[13:],
    }  # fmt: skip
    return {
        "title": said[0].removesuffix("."),
        "one_line": said[1],
        "language": language,
        "status": chance.choice(("pilot", "running", "running", "scaled", "ended")),
        "started_on": str(chance.randint(1995, 2025)),
        "completeness": chance.random(),
        **{name: " ".join(parts) for name, parts in long.items()},
    }


def build_index() -> tuple[int, list[tuple[str, float, float]]]:
    """Build the search index: documents in it, and of each step its name, its seconds and those of the processor."""
    from metropolis.foundation.history.models import Change
    from metropolis.tools.exchange.queries import built_stamp, documents, every_findable, index_folder, stamp

    vectors = SummedVectors()
    clocks = [(time.perf_counter(), time.process_time())]
    found = list(documents(every_findable()))
    clocks.append((time.perf_counter(), time.process_time()))
    SearchIndex.create(index_folder(), vectors=vectors).rebuild(found)
    # What embedding took does not count.
    clocks.append((time.perf_counter() - vectors.seconds, time.process_time() - vectors.busy))
    built_stamp().write_text(stamp(("use",)))
    Change.objects.all().delete()
    names = ("read from the database", "built, without embedding")
    return len(found), [(name, b[0] - a[0], b[1] - a[1]) for name, (a, b) in zip(names, pairwise(clocks), strict=True)]


def city_labels() -> Iterator[str]:
    """Cities as an officer writes them, "Rosario, Santa Fe, AR", over and over again."""
    from metropolis.foundation.places.models import City

    named = Counter(city.label for city in City.objects.all())
    yield from cycle([label for label, cities in named.items() if cities == 1][:CITIES:20])
