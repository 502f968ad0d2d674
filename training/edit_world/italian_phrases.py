"""How Italian names each value: as a noun phrase, an adverbial, an adjective, a verb."""

from __future__ import annotations

from training.world.lexicon_italian import (
    CLEAR_SKY_TIMES,
    PLACES,
    SWIMMING_IN_LAKE,
    TIMES,
    VERBS,
    WEATHERS,
)

Phrases = dict[str, dict[str, tuple[str, ...]]]

_PLACE_NAMES = {
    "hill": ("un prato", "una collina", "una collinetta erbosa", "una collina verde"),
    "beach": ("una spiaggia", "la spiaggia", "il mare", "una spiaggia sabbiosa"),
    "snow": ("un campo innevato", "un paesaggio innevato", "una distesa di neve"),
    "city": ("una città", "la città", "una strada", "una strada di città"),
    "forest": ("un bosco", "il bosco", "una foresta", "la foresta"),
    "desert": ("un deserto", "il deserto", "le dune"),
    "underwater": ("il fondo del mare", "l'oceano", "il fondale marino"),
    "moon": ("la luna", "lo spazio", "la superficie della luna"),
    "farm": ("una fattoria", "la fattoria", "un fienile"),
    "lake": ("un lago", "il lago"),
}
_ACCESSORY_NAMES = {
    "hat": (("un cappello", "un cappellino", "un berretto"),
            ("il cappello", "il cappellino", "il berretto"), ("cappello", "berretto")),
    "scarf": (("una sciarpa",), ("la sciarpa",), ("sciarpa",)),
    "glasses": (("gli occhiali", "degli occhiali", "un paio di occhiali", "gli occhiali da sole"),
                ("gli occhiali", "gli occhiali da sole"), ("occhiali",)),
    "balloon": (("un palloncino", "un palloncino in mano"), ("il palloncino",), ("palloncino",)),
}  # fmt: skip
# Infinitive, third person of the present subjunctive, and of the imperfect subjunctive.
_VERB_FORMS = {
    "run": (("correre", "corra", "corresse"), ("correre veloce", "corra veloce", "corresse veloce")),
    "walk": (("camminare", "cammini", "camminasse"), ("passeggiare", "passeggi", "passeggiasse")),
    "jump": (("saltare", "salti", "saltasse"), ("saltellare", "saltelli", "saltellasse"),
             ("fare un salto", "faccia un salto", "facesse un salto")),
    "stand": (("stare ferm{o}", "stia ferm{o}", "stesse ferm{o}"),
              ("restare ferm{o}", "resti ferm{o}", "restasse ferm{o}"),
              ("aspettare", "aspetti", "aspettasse")),
    "sit": (("sedere", "sieda", "sedesse"), ("sedersi", "si sieda", "si sedesse"),
            ("stare sedut{o}", "stia sedut{o}", "stesse sedut{o}")),
    "sleep": (("dormire", "dorma", "dormisse"), ("riposare", "riposi", "riposasse"),
              ("addormentare", "si addormenti", "si addormentasse"),
              ("fare un pisolino", "faccia un pisolino", "facesse un pisolino")),
    "fly": (("volare", "voli", "volasse"), ("planare", "plani", "planasse"),
            ("volare in aria", "voli in aria", "volasse in aria")),
    "swim": (("nuotare", "nuoti", "nuotasse"), ("galleggiare", "galleggi", "galleggiasse"),
             ("fare il bagno", "faccia il bagno", "facesse il bagno")),
    "spin": (("girare su se stess{o}", "giri su se stess{o}", "girasse su se stess{o}"),
             ("fare una capriola", "faccia una capriola", "facesse una capriola"),
             ("rotolare", "rotoli", "rotolasse"),
             ("fare una piroetta", "faccia una piroetta", "facesse una piroetta")),
    "wave": (("salutare", "saluti", "salutasse"), ("fare ciao", "faccia ciao", "facesse ciao"),
             ("salutare con la mano", "saluti con la mano", "salutasse con la mano")),
    "dance": (("ballare", "balli", "ballasse"), ("danzare", "danzi", "danzasse")),
}  # fmt: skip
_TO_PLACES = {
    "hill": ("sulla collina", "nel prato"), "beach": ("alla spiaggia", "in spiaggia"),
    "city": ("nella città", "in centro"), "farm": ("alla fattoria",), "moon": ("in orbita sulla luna",),
    "underwater": ("sotto l'acqua", "sul fondo del mare"),
}  # fmt: skip


def _place(value: str) -> dict[str, tuple[str, ...]]:
    swimming = SWIMMING_IN_LAKE if value == "lake" else ()
    return {"adv": PLACES[value] + swimming + _TO_PLACES.get(value, ()), "np": _PLACE_NAMES[value]}


def _action(value: str) -> dict[str, tuple[str, ...]]:
    forms = _VERB_FORMS[value]
    return {
        "base": tuple(form[0] for form in forms),
        "subj": tuple(form[1] for form in forms),
        "past": tuple(form[2] for form in forms),
        "fin": tuple(f"{verb.finite} {verb.tail}".strip() for verb in VERBS[value]),
    }


PHRASES: dict[str, Phrases] = {
    "place": {value: _place(value) for value in PLACES},
    "time": {
        "day": {"adv": TIMES["day"] + CLEAR_SKY_TIMES["day"],
                "np": ("giorno", "mattina", "giorno pieno", "mattino")},
        "sunset": {"adv": TIMES["sunset"] + CLEAR_SKY_TIMES["sunset"],
                   "np": ("tramonto", "sera", "il tramonto")},
        "night": {"adv": TIMES["night"] + CLEAR_SKY_TIMES["night"],
                  "np": ("notte", "notte fonda", "mezzanotte", "la notte")},
    },
    "weather": {
        "clear": {"adv": (*WEATHERS["clear"], "con il sole", "senza nuvole"),
                  "np": ("cielo sereno", "bel tempo", "il bel tempo", "sereno", "il cielo limpido"),
                  "adj": ("sereno", "limpido", "bello")},
        "rain": {"adv": (*WEATHERS["rain"], "sotto l'acquazzone"),
                 "np": ("pioggia", "la pioggia", "un po' di pioggia", "tempo piovoso"),
                 "adj": ("piovoso",)},
        "snow": {"adv": (*WEATHERS["snow"], "con la neve che cade", "con i fiocchi di neve"),
                 "np": ("nevicata", "una nevicata", "la neve che cade", "fiocchi di neve"),
                 "adj": ("nevoso",)},
        "fog": {"adv": WEATHERS["fog"], "np": ("nebbia", "la nebbia", "foschia", "un po' di nebbia"),
                "adj": ("nebbioso",)},
    },
    "accessory": {
        value: {"a_v": names[0], "the_v": names[1], "bare": names[2]}
        for value, names in _ACCESSORY_NAMES.items()
    }
    | {
        "any": {
            "the_v": ("l'accessorio", "gli accessori", "quello che indossa", "quello che porta",
                      "tutto quello che indossa"),
            "bare": ("accessori", "accessorio"),
        }
    },
    "action": {value: _action(value) for value in VERBS},
    "style": {
        "sketch": {"np": ("a matita", "schizzo", "disegno a matita", "schizzo a matita"),
                   "a_v": ("uno schizzo", "un disegno a matita", "uno schizzo a matita"),
                   "in_v": ("in un disegno a matita", "a matita", "in uno schizzo",
                            "disegnato a matita")},
        "watercolour": {"np": ("acquerello", "ad acquerello", "acquarello"),
                        "a_v": ("un acquerello", "un dipinto ad acquerello", "un acquarello"),
                        "in_v": ("in acquerello", "ad acquerello", "in un acquerello",
                                 "dipinto ad acquerello")},
        "night_vision": {"np": ("visione notturna", "visore notturno", "a visione notturna"),
                         "a_v": ("una visione notturna", "un visore notturno",
                                 "una telecamera a visione notturna"),
                         "in_v": ("in visione notturna", "con la visione notturna",
                                  "con il visore notturno")},
        "black_and_white": {"np": ("bianco e nero", "in bianco e nero", "scala di grigi"),
                            "a_v": ("un film in bianco e nero", "un'immagine in bianco e nero",
                                    "un video in bianco e nero"),
                            "in_v": ("in bianco e nero", "in scala di grigi", "in toni di grigio")},
    },
    "camera": {
        "still": {"np": ("camera fissa", "inquadratura fissa", "telecamera ferma"),
                  "a_v": ("una camera fissa", "un'inquadratura fissa"),
                  "base": ("restare ferma", "stare ferma"), "subj": ("resti ferma", "stia ferma"),
                  "past": ("restasse ferma", "stesse ferma"), "fin": ("resta ferma", "sta ferma")},
        "pan": {"np": ("carrellata laterale", "panoramica", "carrellata"),
                "a_v": ("una carrellata laterale", "una panoramica", "una carrellata"),
                "base": ("scorrere", "seguire il soggetto", "scorrere di lato"),
                "subj": ("scorra", "segua il soggetto", "scorra di lato"),
                "past": ("scorresse", "seguisse il soggetto"),
                "fin": ("scorre", "segue il soggetto", "scorre di lato")},
        "zoom": {"np": ("zoom lento", "zoom", "zoom in avanti", "ingrandimento"),
                 "a_v": ("uno zoom lento", "uno zoom", "un ingrandimento"),
                 "base": ("avvicinarsi", "zoomare", "fare uno zoom"),
                 "subj": ("si avvicini", "zoomi", "faccia uno zoom"),
                 "past": ("si avvicinasse", "zoomasse", "facesse uno zoom"),
                 "fin": ("si avvicina", "zooma", "fa uno zoom")},
    },
}  # fmt: skip
