"""The colours that captions name."""
import numpy as np

# sRGB anchors; a scene's colour lies near the anchor of its name.
NAMED = {
    'red': (214, 40, 40), 'orange': (245, 135, 30), 'yellow': (250, 215, 50), 'green': (50, 160, 70),
    'blue': (40, 95, 210), 'purple': (125, 60, 175), 'pink': (245, 150, 190), 'brown': (125, 80, 45),
    'black': (25, 25, 28), 'white': (250, 250, 250), 'gray': (140, 142, 146),
    'light blue': (150, 205, 245), 'dark blue': (20, 40, 110), 'light green': (160, 220, 150),
    'dark green': (15, 85, 45), 'teal': (20, 150, 150), 'beige': (235, 220, 190),
}
NAMES = tuple(NAMED)
# The colours that questions ask for and that an object is painted in.
PAINTS = ('red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'brown', 'black', 'white', 'gray')
SYNONYMS = {'gray': ('gray', 'grey'), 'purple': ('purple', 'violet'), 'teal': ('teal', 'turquoise')}


def near(name, rng, spread=18):
    """A colour that goes by `name`: [3] floats in 0..1."""
    return np.clip(np.array(NAMED[name]) + rng.normal(0, spread * 0.6, 3), 0, 255).astype(np.float32) / 255


def far_enough(one, other):
    """Whether two named colours can be told apart when one lies on the other."""
    return np.abs(np.subtract(NAMED[one], NAMED[other])).sum() > 150
