import path from 'node:path';
import type { Place } from '../../tools/browsers/walk';
import { serveDist } from '../../tools/start.js';
import { albumFixture, albumRanking } from './album';

/** The built page on a server of its own, built anew if need be, and files for the walk. */
export async function walkPlace(): Promise<Place> {
  const { url, close } = await serveDist({ port: 0 });
  const expected = albumFixture('clipscope-s');
  return {
    url,
    close,
    ranking: (text) => albumRanking(expected, text),
    picture: path.resolve('tests/fixtures/pictures/picture.webp'),
    checkpoint: [
      path.resolve('tests/fixtures/towers/vit-gelu/open_clip_config.json'),
      path.resolve('tests/fixtures/towers/vit-gelu/open_clip_model.safetensors'),
      path.resolve('static/models/clipscope-s/tokenizer.json'),
    ],
  };
}
