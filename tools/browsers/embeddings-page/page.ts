/** The page that a browser opens: pictures through the app's own workers. */
import { connect } from '../../../src/ui/connect/connect';

/** What the app makes of one picture; undefined where it cannot be read. */
export interface Embedded {
  /** RGB bytes as they enter the tower. */
  readonly pixels: readonly number[];
  readonly embedding: readonly number[];
}

declare global {
  interface Window {
    /** The pictures at these addresses on wasm, and these texts' embeddings. */
    embed(
      model: string,
      pictures: readonly string[],
      texts: readonly string[],
    ): Promise<{ pictures: (Embedded | undefined)[]; texts: number[] }>;
  }
}

const nothing = (): void => undefined;
const { clip, images } = connect({ clip: nothing, library: nothing, models: nothing, unkept: nothing });

window.embed = async (model, addresses, texts) => {
  const { preprocess } = await clip.load(
    model,
    { backend: 'wasm', arithmetic: 'fp32', threads: 'one' },
    nothing,
  );
  const pictures: (Embedded | undefined)[] = [];
  for (const address of addresses) {
    const prepared = await images.prepare(await (await fetch(address)).blob(), preprocess, 0);
    if (!prepared.ok) {
      pictures.push(undefined);
      continue;
    }
    const [height, width] = preprocess.size;
    const pixels = [...prepared.pixels];
    const { data } = await clip.encodeImages(model, { count: 1, height, width, data: prepared.pixels });
    pictures.push({ pixels, embedding: [...data] });
  }
  const { data } = await clip.encodeTexts(model, texts);
  return { pictures, texts: [...data] };
};
