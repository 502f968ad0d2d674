"""Italian words for every attribute value; the first of each list is the most usual.

"{o}" stands for the ending that agrees with the subject: "o" (masculine) or "a" (feminine).
"""

from __future__ import annotations

from typing import NamedTuple


class Noun(NamedTuple):
    """An Italian noun and its gender, "m" or "f"."""

    word: str
    gender: str = "m"


class Verb(NamedTuple):
    """An Italian verb: "corre", "correndo" (empty where "sta ...ndo" would be odd), and a tail."""

    finite: str
    gerund: str = ""
    tail: str = ""


NOUNS: dict[str, tuple[Noun, ...]] = {
    "dog": (Noun("cane"), Noun("cagnolino"), Noun("cagnetto")),
    "cat": (Noun("gatto"), Noun("gattino"), Noun("micio"), Noun("gatta", "f")),
    "rabbit": (Noun("coniglio"), Noun("coniglietto"), Noun("lepre", "f")),
    "bird": (Noun("uccello"), Noun("uccellino"), Noun("passero")),
    "fox": (Noun("volpe", "f"), Noun("volpacchiotto")),
    "bear": (Noun("orso"), Noun("orsetto"), Noun("orsacchiotto")),
    "horse": (Noun("cavallo"), Noun("cavallino"), Noun("pony"), Noun("puledro")),
    "duck": (Noun("papera", "f"), Noun("anatra", "f"), Noun("paperella", "f"), Noun("anatroccolo")),
    "fish": (Noun("pesce"), Noun("pesciolino")),
    "penguin": (Noun("pinguino"),),
    "robot": (Noun("robot"), Noun("androide")),
    "car": (Noun("macchina", "f"), Noun("auto", "f"), Noun("automobile", "f"),
            Noun("macchinina", "f")),
}  # fmt: skip
SIZES = ("piccol{o}", "simpatic{o}")
"""Adjectives that go before the noun."""

COLOURS: dict[str, tuple[str, ...]] = {
    "red": ("ross{o}",),
    "orange": ("arancione",),
    "yellow": ("giall{o}",),
    "green": ("verde",),
    "blue": ("blu", "azzurr{o}"),
    "purple": ("viola",),
    "white": ("bianc{o}",),
    "black": ("ner{o}",),
    "pink": ("rosa",),
    "brown": ("marrone",),
}
VERBS: dict[str, tuple[Verb, ...]] = {
    "run": (Verb("corre", "correndo"), Verb("corre", "correndo", "veloce"),
            Verb("fa una corsa", "facendo una corsa")),
    "walk": (Verb("cammina", "camminando"), Verb("cammina", "camminando", "piano"),
             Verb("passeggia", "passeggiando"), Verb("va a spasso", "andando a spasso")),
    "jump": (Verb("salta", "saltando"), Verb("saltella", "saltellando"),
             Verb("fa un salto", "facendo un salto"), Verb("balza")),
    "stand": (Verb("sta", "", "ferm{o}"), Verb("è", "", "ferm{o}"), Verb("resta", "", "ferm{o}"),
              Verb("aspetta", "aspettando")),
    "sit": (Verb("sta", "", "sedut{o}"), Verb("è", "", "sedut{o}"), Verb("siede"),
            Verb("si siede")),
    "sleep": (Verb("dorme", "dormendo"), Verb("fa un pisolino", "facendo un pisolino"),
              Verb("riposa", "riposando"), Verb("è", "", "addormentat{o}")),
    "fly": (Verb("vola", "volando"), Verb("vola", "volando", "in aria"), Verb("plana", "planando")),
    "swim": (Verb("nuota", "nuotando"), Verb("galleggia", "galleggiando"),
             Verb("fa il bagno", "facendo il bagno")),
    "spin": (Verb("gira", "girando", "su se stess{o}"), Verb("fa una capriola"),
             Verb("rotola", "rotolando"), Verb("fa una piroetta"), Verb("gira", "girando")),
    "wave": (Verb("saluta", "salutando"), Verb("fa ciao", "facendo ciao"),
             Verb("saluta", "salutando", "con la mano")),
    "dance": (Verb("balla", "ballando"), Verb("danza", "danzando"),
              Verb("balla", "ballando", "felice")),
}  # fmt: skip
SUBJECT_VERBS: dict[tuple[str, str], tuple[Verb, ...]] = {
    ("horse", "run"): (Verb("galoppa", "galoppando"),),
    ("car", "run"): (Verb("sfreccia", "sfrecciando"), Verb("va", "andando", "veloce")),
    ("car", "walk"): (Verb("va", "andando", "piano"), Verb("avanza", "avanzando")),
    ("car", "stand"): (Verb("è", "", "parcheggiata"),),
}
"""Verbs a subject has beside the ordinary ones."""

PLACES: dict[str, tuple[str, ...]] = {
    "hill": ("su una collinetta erbosa", "su una collina erbosa", "su una collina",
             "su una collina verde", "in un prato", "in un prato verde", "sul prato",
             "sull'erba"),
    "beach": ("sulla spiaggia", "su una spiaggia", "su una spiaggia sabbiosa",
              "in riva al mare", "sulla sabbia", "al mare"),
    "snow": ("sulla neve", "nella neve", "in un campo innevato", "in un paesaggio innevato"),
    "city": ("in città", "in una strada di città", "per strada", "in una via di città",
             "in mezzo alla strada", "sulla strada"),
    "forest": ("nel bosco", "in un bosco", "nella foresta", "in una foresta", "tra gli alberi"),
    "desert": ("nel deserto", "in un deserto", "tra le dune", "su una duna"),
    "underwater": ("sott'acqua", "in fondo al mare", "sotto il mare", "nell'oceano",
                   "nel mare"),
    "moon": ("sulla luna", "sulla superficie della luna", "nello spazio"),
    "farm": ("in una fattoria", "nella fattoria", "davanti a un fienile", "vicino a un fienile"),
    "lake": ("in riva a un lago", "in riva al lago", "vicino a un lago", "sulla riva di un lago",
             "al lago"),
}  # fmt: skip
SWIMMING_IN_LAKE = ("in un lago", "nel lago", "nell'acqua")
PLACE_LABELS: dict[str, tuple[str, ...]] = {
    "hill": ("collinetta erbosa", "prato", "collina"),
    "beach": ("spiaggia", "mare"),
    "snow": ("neve", "campo innevato"),
    "city": ("città", "strada"),
    "forest": ("bosco", "foresta"),
    "desert": ("deserto", "dune"),
    "underwater": ("sott'acqua", "oceano"),
    "moon": ("luna", "spazio"),
    "farm": ("fattoria", "fienile"),
    "lake": ("lago",),
}
TIMES: dict[str, tuple[str, ...]] = {
    "day": ("di giorno", "durante il giorno", "in pieno giorno", "di mattina"),
    "sunset": ("al tramonto", "di sera", "la sera", "all'imbrunire"),
    "night": ("di notte", "durante la notte", "nella notte", "al buio"),
}
CLEAR_SKY_TIMES: dict[str, tuple[str, ...]] = {
    "day": ("sotto il sole", "in una giornata di sole"),
    "sunset": ("sotto un cielo al tramonto",),
    "night": ("sotto le stelle", "in una notte stellata"),
}
TIME_LABELS = {"day": "giorno", "sunset": "tramonto", "night": "notte"}
WEATHERS: dict[str, tuple[str, ...]] = {
    "clear": ("con il cielo sereno", "con il cielo limpido", "con il bel tempo"),
    "rain": ("sotto la pioggia", "mentre piove", "con la pioggia", "quando piove"),
    "snow": ("mentre nevica", "sotto una nevicata", "sotto la neve che cade", "quando nevica"),
    "fog": ("nella nebbia", "con la nebbia", "in mezzo alla nebbia", "nella foschia"),
}
WEATHER_LABELS = {
    "clear": "cielo sereno",
    "rain": "pioggia",
    "snow": "nevicata",
    "fog": "nebbia",
}
DIRECTIONS: tuple[str, ...] = (
    "verso {side}", "verso {side}", "a {side}", "da {other} a {side}",
)  # fmt: skip
FACINGS: tuple[str, ...] = (
    "verso {side}", "rivolt{o} a {side}", "girat{o} verso {side}", "guardando a {side}",
    "rivolt{o} verso {side}",
)  # fmt: skip
SIDES = {"right": "destra", "left": "sinistra"}
ACCESSORIES: dict[str, tuple[str, ...]] = {
    "hat": ("con un cappello", "con il cappello", "che indossa un cappello", "col cappello"),
    "scarf": ("con una sciarpa", "con la sciarpa", "che indossa una sciarpa"),
    "glasses": ("con gli occhiali", "che porta gli occhiali", "con un paio di occhiali"),
    "balloon": ("con un palloncino", "che tiene un palloncino", "con il palloncino"),
}
CAMERAS: dict[str, tuple[str, ...]] = {
    "still": ("camera fissa", "inquadratura fissa"),
    "pan": ("la telecamera scorre", "carrellata laterale", "con una panoramica",
            "la telecamera segue"),
    "zoom": ("la telecamera si avvicina", "zoom lento", "con uno zoom lento", "con uno zoom"),
}  # fmt: skip
FUNCTION_WORDS = "un una il la l sta che mentre di colore"
