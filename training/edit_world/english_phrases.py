"""How English names each value: as a noun phrase, an adverbial, an adjective, a verb."""

from __future__ import annotations

from training.world.lexicon_english import (
    ACCESSORIES,
    CAMERAS,
    CLEAR_SKY_TIMES,
    COLOURS,
    NOUNS,
    PLACE_LABELS,
    PLACES,
    SWIMMING_IN_LAKE,
    TIMES,
    VERBS,
    WEATHERS,
)

Phrases = dict[str, dict[str, tuple[str, ...]]]


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


_ACCESSORY_NOUNS = {
    "hat": ("hat", "cap"),
    "scarf": ("scarf",),
    "glasses": ("glasses", "sunglasses", "spectacles"),
    "balloon": ("balloon",),
}
_BASES = {
    "run": ("run", "sprint", "race", "run fast"),
    "walk": ("walk", "stroll", "walk slowly"),
    "jump": ("jump", "leap", "hop", "bounce"),
    "stand": ("stand", "stand still", "stay still", "wait", "stop moving"),
    "sit": ("sit", "sit down"),
    "sleep": ("sleep", "nap", "fall asleep", "go to sleep"),
    "fly": ("fly", "soar", "fly through the air"),
    "swim": ("swim", "paddle", "float"),
    "spin": ("spin", "spin around", "twirl", "tumble", "do a somersault"),
    "wave": ("wave", "wave hello", "say hello"),
    "dance": ("dance", "dance happily"),
}
_PLACES_NAMED = {"underwater": ("the sea", "the ocean", "the bottom of the sea", "the sea floor")}


def _place(value: str) -> dict[str, tuple[str, ...]]:
    named = _PLACES_NAMED.get(value) or tuple(
        form for label in PLACE_LABELS[value] for form in (_a(label), f"the {label}")
    )
    swimming = SWIMMING_IN_LAKE if value == "lake" else ()
    reached = {"hill": ("to the hill", "to a meadow"), "beach": ("to the beach", "to the seaside"),
               "city": ("to the city", "to town"), "forest": ("to the forest", "into the woods"),
               "desert": ("to the desert",), "moon": ("to the moon", "into space"),
               "farm": ("to the farm",), "lake": ("to the lake",), "snow": ("into the snow",),
               "underwater": ("under the water", "into the ocean")}  # fmt: skip
    return {"adv": PLACES[value] + swimming + reached[value], "np": named}


def _accessory(nouns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    plural = nouns[0] == "glasses"
    articled = tuple(
        n for noun in nouns for n in ((noun, f"a pair of {noun}") if plural else (_a(noun),))
    )
    return {
        "a_v": articled,
        "the_v": tuple(f"{d} {n}" for n in nouns for d in ("the", "its")),
        "bare": nouns,
    }


PHRASES: dict[str, Phrases] = {
    "colour": {value: {"v": words} for value, words in COLOURS.items()},
    "subject": {value: {"a_v": tuple(_a(n) for n in nouns)} for value, nouns in NOUNS.items()},
    "place": {value: _place(value) for value in PLACES},
    "time": {
        "day": {
            "adv": TIMES["day"] + CLEAR_SKY_TIMES["day"],
            "np": ("day", "daytime", "morning", "daylight", "the day"),
        },
        "sunset": {
            "adv": TIMES["sunset"] + CLEAR_SKY_TIMES["sunset"],
            "np": ("sunset", "dusk", "evening", "sundown", "the sunset"),
        },
        "night": {
            "adv": TIMES["night"] + CLEAR_SKY_TIMES["night"],
            "np": ("night", "night time", "nighttime", "the night", "midnight"),
        },
    },
    "weather": {
        "clear": {
            "adv": WEATHERS["clear"] + ("with good weather", "without clouds"),
            "np": ("clear weather", "good weather", "a clear sky", "fine weather"),
            "adj": ("clear", "sunny", "fine", "cloudless"),
        },
        "rain": {
            "adv": WEATHERS["rain"] + ("with rain",),
            "np": ("rain", "rainy weather", "a rainy day"),
            "adj": ("rainy", "rainy", "raining"),
        },
        "snow": {
            "adv": WEATHERS["snow"] + ("with snow falling", "with snowflakes"),
            "np": ("snowfall", "falling snow", "snowflakes", "a snowfall"),
            "adj": ("snowing", "snowing", "snowy"),
        },
        "fog": {
            "adv": WEATHERS["fog"] + ("with fog", "with mist"),
            "np": ("fog", "mist", "foggy weather", "thick fog"),
            "adj": ("foggy", "misty"),
        },
    },
    "accessory": {value: _accessory(_ACCESSORY_NOUNS[value]) for value in ACCESSORIES}
    | {
        "any": {
            "the_v": (
                "the accessory", "its accessory", "the accessories", "what it wears",
                "what it is wearing", "everything it wears",
            ),
            "bare": ("accessory", "accessories"),
        }
    },
    "action": {
        value: {
            "base": _BASES[value],
            "ger": tuple(f"{verb.gerund} {verb.tail}".strip() for verb in VERBS[value]),
        }
        for value in VERBS
    },
    "style": {
        "sketch": {
            "np": ("pencil sketch", "sketch", "pencil drawing", "pencil"),
            "a_v": ("a pencil sketch", "a sketch", "a pencil drawing", "a hand drawn sketch"),
        },
        "watercolour": {
            "np": ("watercolour", "watercolor", "watercolours", "aquarelle"),
            "a_v": ("a watercolour", "a watercolor", "a watercolour painting", "an aquarelle",
                    "a watercolor painting"),
        },
        "night_vision": {
            "np": ("night vision", "night vision camera", "green night vision"),
            "a_v": ("a night vision camera", "a night vision video", "a night vision picture"),
        },
        "black_and_white": {
            "np": ("black and white", "greyscale", "grayscale", "monochrome", "black & white"),
            "a_v": ("a black and white film", "a black and white picture", "a monochrome picture",
                    "a black and white video"),
        },
    },
    "camera": {
        "still": {
            "np": (*CAMERAS["still"], "fixed camera", "fixed shot"),
            "ger": ("static camera", "camera not moving"),
            "base": ("stay still", "stand still", "stop moving", "not move"),
            "fin": ("does not move", "stays still"),
        },
        "pan": {
            "np": ("panning shot", "pan", "tracking shot"),
            "ger": ("camera panning", "panning"),
            "base": ("pan", "follow", "pan sideways", "follow along"),
            "fin": ("pans", "follows"),
        },
        "zoom": {
            "np": ("zoom", "slow zoom", "slow zoom in", "zoom in"),
            "ger": ("zooming in", "camera zooming in"),
            "base": ("zoom in", "zoom", "get closer", "zoom in slowly"),
            "fin": ("zooms in", "gets closer"),
        },
    },
}  # fmt: skip
