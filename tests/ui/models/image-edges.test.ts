import { describe, expect, it } from 'vitest';
import { imageEdges } from '../../../src/ui/models/image-edges';

describe('image sizes to try', () => {
  it('are multiples of the patch size around the trained one', () => {
    expect(imageEdges([224, 224], 32)).toEqual([160, 224, 288, 352, 448]);
    expect(imageEdges([224, 224], 14)).toEqual([168, 224, 280, 336, 448]);
    expect(imageEdges([384, 384], 16)).toEqual([288, 384, 480, 576, 768]);
  });

  it('are only the trained one where no other makes sense', () => {
    expect(imageEdges([224, 224], undefined)).toEqual([224]);
    expect(imageEdges([224, 192], 16)).toEqual([192]);
    expect(imageEdges([230, 230], 16)).toEqual([230]);
  });
});
