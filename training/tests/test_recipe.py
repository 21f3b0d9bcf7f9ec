"""python -m unittest discover training/tests, after `make data`."""
import sys
import unittest
import zlib
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np
import torch

from clipscope_training import held_out
from clipscope_training.average import averaged
from clipscope_training.compose import compose
from clipscope_training.degrade import degrade
from clipscope_training.drawings import Drawings, read_concepts
from clipscope_training.grid import on_grid
from clipscope_training.optimizers import orthogonal
from clipscope_training.recipes import RECIPES
from clipscope_training.scenes import SceneMaker
from clipscope_training.tokenizer import END_ID, Ids
from clipscope_training.train import BATCH, Run
from clipscope_training.words import plural, with_article

DATA = ROOT / 'data'


class Words(unittest.TestCase):
    def test_plurals(self):
        for one, many in (('mouse', 'mice'), ('glass of milk', 'glasses of milk'), ('cherry', 'cherries'), ('bus', 'buses'),
                          ('fork and knife', 'fork and knives'), ('grapes', 'grapes'), ('toy', 'toys')):
            self.assertEqual(plural(one), many)

    def test_articles(self):
        for noun, said in (('apple', 'an apple'), ('unicorn', 'a unicorn'), ('grapes', 'grapes'), ('bread', 'bread'),
                           ('octopus', 'an octopus'), ('a bird', 'a bird')):
            self.assertEqual(with_article(noun), said)


class Grid(unittest.TestCase):
    def test_halves_what_is_sent_and_moves_no_weight_far(self):
        torch.manual_seed(0)
        given = {'matrix': torch.randn(64, 1024) * torch.rand(64, 1), 'bias': torch.randn(8), 'scale': torch.tensor(4.6)}
        grid = on_grid(given)
        self.assertEqual({name: value.dtype for name, value in grid.items()},
                         {'matrix': torch.float16, 'bias': torch.float16, 'scale': torch.float32})
        self.assertTrue(torch.equal(grid['bias'], given['bias'].half()))
        packed = zlib.compress(grid['matrix'].numpy().tobytes())
        self.assertLess(len(packed) / grid['matrix'].nbytes, 0.56)
        # Half of the largest step, which is within a factor of the square root of two of a sixteenth.
        off = (grid['matrix'].float() - given['matrix']).abs() / given['matrix'].std(1, keepdim=True)
        self.assertLess(off.max().item(), 2**0.5 / 16 / 2 + 1e-3)

    def test_leaves_what_is_on_it(self):
        once = on_grid({'kernel': torch.randn(8, 3, 4, 4)})
        self.assertTrue(torch.equal(on_grid(once)['kernel'], once['kernel']))


class Scenes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.drawings = Drawings(DATA, 'trained')
        cls.maker = SceneMaker(read_concepts(DATA), cls.drawings)

    def test_no_scene_shows_what_is_held_out(self):
        for recipe in RECIPES:
            with self.subTest(recipe):
                self._no_scene_shows_what_is_held_out(SceneMaker(read_concepts(DATA), self.drawings, recipe))

    def _no_scene_shows_what_is_held_out(self, maker):
        rng = np.random.default_rng(5)
        seen = {'pairs': 0, 'painted': 0, 'counted': 0}
        for scene in (scene for _ in range(20) for scene in maker.batch(256, rng)):
            ids = [maker.ids[concept] for concept in scene.concepts]
            for other in ids[1:]:
                seen['pairs'] += 1
                self.assertFalse(held_out.pair(ids[0], other), scene.caption)
            for placed in scene.placed:
                if placed.paint:
                    seen['painted'] += 1
                    self.assertFalse(held_out.painted(maker.ids[self.drawings.concept[placed.row]], placed.paint), scene.caption)
            if len(ids) == 1 and len(scene.placed) > 1:
                seen['counted'] += 1
                self.assertFalse(held_out.counted(ids[0], len(scene.placed)), scene.caption)
        self.assertTrue(all(count > 100 for count in seen.values()), seen)

    def test_main_concepts_of_a_batch_differ(self):
        for recipe in RECIPES:
            maker = SceneMaker(read_concepts(DATA), self.drawings, recipe)
            mains = [scene.concepts[0] for scene in maker.batch(512, np.random.default_rng(6))]
            self.assertEqual(len(set(mains)), 512, recipe)

    def test_one_seed_gives_one_batch(self):
        def batch():
            scenes = self.maker.batch(32, np.random.default_rng([1, 2, 3]))
            generator = torch.Generator().manual_seed(9)
            return [scene.caption for scene in scenes], degrade(compose(scenes, self.drawings, 64, generator), generator)

        (captions, pictures), (again, same) = batch(), batch()
        self.assertEqual(captions, again)
        self.assertTrue(torch.equal(pictures, same))
        self.assertGreaterEqual(pictures.min().item(), 0)
        self.assertLessEqual(pictures.max().item(), 1)


class Steps(unittest.TestCase):
    def test_updates_are_orthogonal(self):
        for shape in ((3, 48, 16), (2, 16, 48)):
            values = torch.linalg.svdvals(orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(1))))
            self.assertTrue(((values > 0.6) & (values < 1.3)).all(), values)

    def test_a_run_goes_on_from_a_checkpoint(self):
        run = Run('s', ROOT)
        run.go_on_from(ROOT.parent / 'static/models/clipscope-s', {'samples': 2097152, 'macs': 7})
        self.assertEqual((run.step, run.began, run.macs), (2097152 // BATCH, 2097152 // BATCH, 7))
        self.assertGreater(run.towers.model.logit_scale.item(), 3)

    def test_weights_are_averaged(self):
        state = {'towers': {'model.a': torch.tensor(3.0)}, 'step': 5}
        mean = averaged({'a': torch.tensor(1.0).half()}, state, 0.25)
        self.assertEqual((mean['towers']['model.a'].item(), mean['step'], mean['averaged']), (1.5, 5, 0.25))


class Tokens(unittest.TestCase):
    def test_long_texts_keep_their_end(self):
        rows = Ids(DATA / 'tokenizer.json')(['a cat', 'cat ' * 60])
        self.assertEqual(rows.shape[1], 24)
        self.assertEqual(rows[1, 23], END_ID)
        self.assertEqual(rows[0].argmax(), list(rows[0]).index(END_ID))


if __name__ == '__main__':
    unittest.main()
