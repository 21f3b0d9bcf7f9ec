"""In what shares scenes are drawn. A recipe has a name, which a run keeps, so that going on repeats no other's draws."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recipe:
    kinds: dict[str, float] = field(default_factory=lambda: {'one': 0.62, 'counted': 0.12, 'two': 0.18, 'three': 0.08})
    """How often a scene is of each kind, in parts of one."""
    everyday: float = 1.6
    """How often an everyday thing is the main one, where any other is 1."""
    hypernyms: float = 0.2
    """The part of single objects that are told by what they are: "an animal"."""
    clean: float = 0.0
    """The part of scenes of one drawing that are "a NAME": the drawing as it is, filling a white square."""
    in_part: float = 0.0
    """The part of scenes of two or three things that are told by one of them alone, as people do who look for it."""
    uncounted: float = 0.0
    """The part of scenes of several of one thing that are told without their number: "a cat", "cats", as people look for them."""
    own_names: bool = False
    """Whether an everyday thing's name is never said of other things: "a cat" of the cat, not of nine smiling faces."""
    families: int = 0
    """From how many families (subgroups of emoji, such as mammals) a batch takes up to 24 things each, to tell apart."""
    stretch: float = 0.0
    """How far a drawing is stretched and sheared: standard deviation of the logarithm of the one, half of it of the other."""


_NAMED = {'one': 0.72, 'counted': 0.08, 'two': 0.14, 'three': 0.06}
RECIPES = {
    'first': Recipe(),
    'everyday': Recipe(everyday=6),
    'families': Recipe(everyday=6, families=4, hypernyms=0.08),
    'stretched': Recipe(everyday=6, stretch=0.12),
    'clean': Recipe(_NAMED, everyday=6, clean=0.3),
    'names': Recipe(_NAMED, everyday=6, hypernyms=0.08, clean=0.15, families=2, stretch=0.1),
    'in part': Recipe(everyday=6, hypernyms=0.08, in_part=0.35, own_names=True, clean=0.1, families=2, stretch=0.1),
    'in part, uncounted': Recipe(everyday=6, hypernyms=0.08, in_part=0.35, uncounted=0.4, own_names=True, clean=0.1, families=2,
                                 stretch=0.1),
    'beside others': Recipe({'one': 0.5, 'counted': 0.08, 'two': 0.27, 'three': 0.15}, everyday=6, hypernyms=0.16, in_part=0.6,
                            uncounted=0.4, own_names=True, clean=0.1, families=2, stretch=0.1),
    'beside others, counted': Recipe({'one': 0.5, 'counted': 0.16, 'two': 0.22, 'three': 0.12}, everyday=6, hypernyms=0.12,
                                     in_part=0.5, uncounted=0.2, own_names=True, clean=0.1, families=2, stretch=0.1),
    'kinds': Recipe(everyday=6, hypernyms=0.16, in_part=0.35, uncounted=0.4, own_names=True, clean=0.1, families=2, stretch=0.1),
}
