"""Nouns of the concepts: articles, plurals, synonyms."""
import re

IRREGULAR = {
    'mouse': 'mice', 'sheep': 'sheep', 'fish': 'fish', 'deer': 'deer', 'bison': 'bison', 'foot': 'feet', 'tooth': 'teeth',
    'knife': 'knives', 'wolf': 'wolves', 'leaf': 'leaves', 'scarf': 'scarves', 'loaf': 'loaves', 'man': 'men',
    'woman': 'women', 'person': 'people', 'child': 'children', 'ox': 'oxen', 'goose': 'geese', 'die': 'dice', 'dice': 'dice',
    'potato': 'potatoes', 'tomato': 'tomatoes', 'mango': 'mangoes', 'merman': 'mermen', 'sushi': 'sushi', 'bread': 'breads',
    'loaf of bread': 'loaves of bread', 'shrimp': 'shrimp', 'squid': 'squid', 'aircraft': 'aircraft',
}
MASS = {
    'bread', 'sushi', 'popcorn', 'milk', 'coffee', 'wine', 'beer', 'corn', 'garlic', 'broccoli', 'chocolate', 'cutlery',
    'fire', 'tennis', 'american football', 'baseball', 'bowling', 'love', 'rain', 'snow', 'fog', 'butter', 'rice', 'bacon',
}
NUMBERS = {2: 'two', 3: 'three', 4: 'four', 5: 'five'}


def is_plural(noun):
    last = noun.split(' with ')[0].split(' of ')[0].split()[-1]
    return last.endswith('s') and not last.endswith(('ss', 'us', 'is')) and last not in ('bus', 'cactus', 'octopus')


def with_article(noun):
    """'an apple'; plurals and masses as they are."""
    if noun in MASS or is_plural(noun) or noun.startswith(('a ', 'an ', 'the ')):
        return noun
    return ('an ' if re.match(r'[aeiou]', noun, re.I) and not noun.startswith(('eu', 'uni', 'one')) else 'a ') + noun


def plural(noun):
    for joint in (' with ', ' of ', ' in '):
        if joint in noun and noun not in IRREGULAR:
            head, tail = noun.split(joint, 1)
            return plural(head) + joint + tail
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    *before, last = noun.split(' ')
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif is_plural(last):
        pass
    elif re.search(r'(s|x|z|ch|sh)$', last):
        last += 'es'
    elif re.search(r'[^aeiou]y$', last):
        last = last[:-1] + 'ies'
    else:
        last += 's'
    return ' '.join([*before, last])


class Nouns:
    """What concept c is called: `name(c)` its name, `any(c, rng)` its name or another word people use."""

    def __init__(self, concepts):
        self.names = [clean(one['name']) for one in concepts]
        self.others = [[clean(word) for word in one['everyday']] for one in concepts]
        self.hypernyms = [one['hypernyms'] for one in concepts]

    def keep_own_names(self):
        """Takes away the hypernyms that are an everyday thing's own name."""
        own = {with_article(word) for words in self.others for word in words}
        self.hypernyms = [[one for one in hypernyms if one not in own] for hypernyms in self.hypernyms]

    def name(self, concept):
        return self.names[concept]

    def any(self, concept, rng):
        others = self.others[concept]
        if others and rng.random() < 0.55:
            return others[rng.integers(len(others))]
        return self.names[concept]

    def everyday(self, concept):
        """The first everyday word, or the name."""
        return self.others[concept][0] if self.others[concept] else self.names[concept]


def clean(name):
    """A CLDR name as people write it: lower case, no colons or typographic marks."""
    return re.sub(r'\s+', ' ', name.lower().replace(':', '').replace('’', "'").replace('“', '').replace('”', '')).strip()
