"""English words for every attribute value; the first of each list is the most usual."""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """An English verb: "runs", "running", and what follows either form."""

    finite: str
    gerund: str
    tail: str = ""


NOUNS: dict[str, tuple[str, ...]] = {
    "dog": ("dog", "puppy", "doggy"),
    "cat": ("cat", "kitten", "kitty"),
    "rabbit": ("rabbit", "bunny", "hare"),
    "bird": ("bird", "birdie", "sparrow"),
    "fox": ("fox", "fox cub"),
    "bear": ("bear", "bear cub"),
    "horse": ("horse", "pony", "foal"),
    "duck": ("duck", "duckling"),
    "fish": ("fish",),
    "penguin": ("penguin",),
    "robot": ("robot", "android"),
    "car": ("car", "automobile", "toy car"),
}
SIZES = ("little", "small", "cute", "cartoon")
COLOURS: dict[str, tuple[str, ...]] = {
    "red": ("red",),
    "orange": ("orange",),
    "yellow": ("yellow",),
    "green": ("green",),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "white": ("white",),
    "black": ("black",),
    "pink": ("pink",),
    "brown": ("brown",),
}
VERBS: dict[str, tuple[Verb, ...]] = {
    "run": (Verb("runs", "running"), Verb("sprints", "sprinting"), Verb("races", "racing")),
    "walk": (Verb("walks", "walking"), Verb("walks", "walking", "slowly"),
             Verb("strolls", "strolling")),
    "jump": (Verb("jumps", "jumping"), Verb("leaps", "leaping"), Verb("hops", "hopping"),
             Verb("bounces", "bouncing")),
    "stand": (Verb("stands", "standing", "still"), Verb("stands", "standing"),
              Verb("stays", "staying", "still"), Verb("waits", "waiting")),
    "sit": (Verb("sits", "sitting"), Verb("sits", "sitting", "down"), Verb("is seated", "seated")),
    "sleep": (Verb("sleeps", "sleeping"), Verb("naps", "napping"), Verb("snoozes", "snoozing"),
              Verb("is asleep", "asleep")),
    "fly": (Verb("flies", "flying"), Verb("soars", "soaring"),
            Verb("flies", "flying", "through the air")),
    "swim": (Verb("swims", "swimming"), Verb("paddles", "paddling"), Verb("floats", "floating")),
    "spin": (Verb("spins", "spinning"), Verb("spins", "spinning", "around"),
             Verb("twirls", "twirling"), Verb("tumbles", "tumbling"),
             Verb("does a somersault", "doing a somersault")),
    "wave": (Verb("waves", "waving"), Verb("waves", "waving", "hello"),
             Verb("says hello", "saying hello")),
    "dance": (Verb("dances", "dancing"), Verb("dances", "dancing", "happily")),
}  # fmt: skip
SUBJECT_VERBS: dict[tuple[str, str], tuple[Verb, ...]] = {
    ("horse", "run"): (Verb("gallops", "galloping"),),
    ("car", "run"): (Verb("drives", "driving", "fast"), Verb("speeds", "speeding")),
    ("car", "walk"): (Verb("drives", "driving", "slowly"), Verb("rolls", "rolling")),
    ("car", "stand"): (Verb("is parked", "parked"),),
}
"""Verbs a subject has beside the ordinary ones."""

PLACES: dict[str, tuple[str, ...]] = {
    "hill": ("on a grassy hill", "on a hill", "on a green hill", "in a meadow",
             "in a green meadow", "on the grass", "in a field"),
    "beach": ("on a sandy beach", "on a beach", "on the beach", "by the sea", "on the sand",
              "at the seaside"),
    "snow": ("in a snowy field", "in the snow", "on the snow", "in a snowy landscape"),
    "city": ("in a city street", "in the city", "in the street", "on a city street",
             "on a road", "in town"),
    "forest": ("in a forest", "in the forest", "in the woods", "among the trees"),
    "desert": ("in the desert", "in a desert", "among the dunes", "on a sand dune"),
    "underwater": ("under water", "underwater", "under the sea", "at the bottom of the sea",
                   "in the ocean"),
    "moon": ("on the moon", "on the surface of the moon", "in space"),
    "farm": ("on a farm", "in a farmyard", "near a barn", "in front of a barn"),
    "lake": ("by a lake", "at a lake", "near a lake", "on the shore of a lake", "by the lake"),
}  # fmt: skip
SWIMMING_IN_LAKE = ("in a lake", "in the lake", "on a lake", "in the water")
PLACE_LABELS: dict[str, tuple[str, ...]] = {
    "hill": ("grassy hill", "meadow", "hill"),
    "beach": ("beach", "sandy beach"),
    "snow": ("snow", "snowy field"),
    "city": ("city", "city street", "street"),
    "forest": ("forest", "woods"),
    "desert": ("desert", "dunes"),
    "underwater": ("underwater", "ocean", "sea"),
    "moon": ("moon", "space"),
    "farm": ("farm", "barn"),
    "lake": ("lake",),
}
TIMES: dict[str, tuple[str, ...]] = {
    "day": ("by day", "during the day", "in the daytime", "in daylight", "in the morning"),
    "sunset": ("at sunset", "at dusk", "in the evening", "at sundown"),
    "night": ("at night", "by night", "during the night", "in the dark"),
}
CLEAR_SKY_TIMES: dict[str, tuple[str, ...]] = {
    "day": ("on a sunny day", "in the sunshine", "in the sun"),
    "sunset": ("under a sunset sky",),
    "night": ("under the stars", "on a starry night"),
}
TIME_LABELS = {"day": "day", "sunset": "sunset", "night": "night"}
WEATHERS: dict[str, tuple[str, ...]] = {
    "clear": ("under a clear sky", "with a clear sky", "in good weather"),
    "rain": ("in the rain", "while it rains", "under the rain", "while it is raining",
             "in rainy weather"),
    "snow": ("while it snows", "while it is snowing", "under falling snow", "with snow falling",
             "in a snowfall"),
    "fog": ("in the fog", "in the mist", "in thick fog", "in foggy weather"),
}  # fmt: skip
WEATHER_LABELS = {"clear": "clear sky", "rain": "rain", "snow": "snowfall", "fog": "fog"}
DIRECTIONS: tuple[str, ...] = (
    "to the {side}", "towards the {side}", "heading {side}", "from {other} to {side}",
)  # fmt: skip
FACINGS: tuple[str, ...] = (
    "facing {side}", "to the {side}", "looking {side}", "turned to the {side}",
    "facing the {side}",
)  # fmt: skip
SIDES = {"right": "right", "left": "left"}
ACCESSORIES: dict[str, tuple[str, ...]] = {
    "hat": ("with a hat", "wearing a hat", "in a hat"),
    "scarf": ("with a scarf", "wearing a scarf", "in a scarf"),
    "glasses": ("with glasses", "wearing glasses", "with sunglasses"),
    "balloon": ("with a balloon", "holding a balloon", "carrying a balloon"),
}
CAMERAS: dict[str, tuple[str, ...]] = {
    "still": ("still camera", "static shot"),
    "pan": ("the camera pans", "panning shot", "camera panning", "the camera follows"),
    "zoom": ("the camera zooms in", "slow zoom in", "zooming in", "with a slow zoom"),
}
FUNCTION_WORDS = "a an the is that which"
