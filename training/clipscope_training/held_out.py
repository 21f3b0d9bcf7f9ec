"""The compositions that no scene of the training shows: pairs of things, painted things, counted things."""
from zlib import crc32

# One in so many is held out, told by a checksum of its words, so that the list needs no file and cannot drift.
PAIRS, PAINTED, COUNTED = 20, 10, 10


def pair(one, other):
    """Whether the concepts with these ids are never seen together."""
    return crc32('|'.join(sorted((one, other))).encode()) % PAIRS == 0


def painted(concept, colour):
    """Whether this concept is never seen in this colour on purpose."""
    return crc32(f'{colour} {concept}'.encode()) % PAINTED == 0


def counted(concept, count):
    """Whether this concept is never seen in this number, from two upwards."""
    return crc32(f'{count} {concept}'.encode()) % COUNTED == 0
