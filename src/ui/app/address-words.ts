import type { Described } from '../kit/failures';
import type { UnknownValue } from './address';
import { PAGES } from './pages';

/** What became of a part of the address that means nothing: what was asked for, and what there is instead. */
export function unknownText(name: UnknownValue['name'] | 'folder', value: string): Described {
  const said = `“${shortened(value)}”`;
  const words: Record<typeof name, Described> = {
    tab: { happened: `There is no page ${said}.`, todo: `${PAGES[0]?.title} is shown instead.` },
    backend: {
      happened: `Models cannot run on ${said}.`,
      todo: 'They run where it is fastest. The address may name webgpu or wasm.',
    },
    decode: {
      happened: `There is no way ${said} to read photos.`,
      todo: 'They are read the fast way. The address may name exact.',
    },
    arithmetic: {
      happened: `There is no arithmetic ${said}.`,
      todo: 'The fastest is used that keeps to full precision. The address may name fp32.',
    },
    least: { happened: `${said} is not a score.`, todo: 'As many results as usual are shown.' },
    order: { happened: `There is no order ${said}.`, todo: 'The order is the usual one.' },
    from: { happened: `${said} is not a date.`, todo: 'Photos are shown from the first day on.' },
    to: { happened: `${said} is not a date.`, todo: 'Photos are shown up to the last day.' },
    shape: { happened: `There is no shape ${said}.`, todo: 'Photos of every shape are shown.' },
    size: { happened: `Pictures cannot be ${said} high.`, todo: 'They have their usual size.' },
    folder: { happened: `There is no folder ${said} here.`, todo: 'Photos of all folders are shown.' },
    template: { happened: `There are no prompt templates ${said}.`, todo: 'The usual ones are used.' },
    view: { happened: `There is no comparison ${said}.`, todo: 'The first one is shown.' },
    'label-order': { happened: `There is no order ${said}.`, todo: 'The order is the usual one.' },
  };
  return words[name];
}

/** The longest value quoted whole. */
const LONGEST = 40;

function shortened(value: string): string {
  // Without the first half of a letter that was cut through.
  return value.length > LONGEST ? `${value.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : value;
}
