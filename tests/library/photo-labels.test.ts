import { describe, expect, it } from 'vitest';
import { accept, namesOf, reject, suggest, withdraw } from '../../src/library/photo-labels';

describe('what is said of a photo’s labels', () => {
  it('is the last that was said of each', () => {
    const once = accept(accept(undefined, 'dog'), 'beach');
    expect(once).toEqual({ accepted: ['dog', 'beach'], rejected: [], suggested: [] });
    expect(accept(once, 'dog')).toEqual(once);
    const wrong = reject(once, 'dog');
    expect(wrong).toEqual({ accepted: ['beach'], rejected: ['dog'], suggested: [] });
    expect(accept(wrong, 'dog')).toEqual({ accepted: ['beach', 'dog'], rejected: [], suggested: [] });
    expect(withdraw(wrong, 'dog')).toEqual({ accepted: ['beach'], rejected: [], suggested: [] });
  });

  it('is nothing when all is withdrawn', () => {
    expect(withdraw(accept(undefined, 'dog'), 'dog')).toBeUndefined();
    expect(withdraw(undefined, 'dog')).toBeUndefined();
  });

  it('is not overruled by what a model suggests', () => {
    const said = reject(accept(undefined, 'dog'), 'cat');
    expect(suggest(suggest(said, 'dog'), 'cat')).toEqual(said);
    const more = suggest(said, 'beach');
    expect(more.suggested).toEqual(['beach']);
    expect(namesOf(more)).toEqual(['dog', 'beach']);
    expect(accept(more, 'beach')).toEqual({
      accepted: ['dog', 'beach'],
      rejected: ['cat'],
      suggested: [],
    });
  });
});
