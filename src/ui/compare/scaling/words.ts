import { percentText } from '../../kit/words';
import type { FamilyLaw } from './laws';
import type { ScalingPoint } from './points';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A whole number as an exponent: "¹¹". */
function raised(exponent: number): string {
  return String(exponent)
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!)
    .replace('-', '⁻');
}

/** A power of ten: "10¹¹"; nothing for what is none. */
export function powerText(value: number): string {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-9 ? `10${raised(Math.round(exponent))}` : '';
}

/** "3 billion samples", "2.1 million samples". */
export function samplesText(samples: number): string {
  const [unit, name] = samples >= 1e9 ? [1e9, 'billion'] : [1e6, 'million'];
  const value = samples / unit;
  return `${value < 9.95 ? value.toFixed(1).replace('.0', '') : Math.round(value)} ${name} samples`;
}

/** What a law says in plain words: "10 times the compute, 23% fewer errors". */
export function savingText({ alpha }: Pick<FamilyLaw, 'alpha'>): string {
  const share = Math.round((1 - 10 ** alpha) * 100);
  return `10 times the compute, ${Math.abs(share)}% ${share < 0 ? 'more' : 'fewer'} errors`;
}

/** "−0.111". */
export function exponentText(exponent: number): string {
  return exponent.toFixed(3).replace('-', '−');
}

/** "ViT-B-32, LAION-2B, 34 billion samples: 33.4% wrong, 2.6 · 10¹¹ GMACs". */
export function pointText(point: ScalingPoint): string {
  const { model, data, samplesSeen, compute, error, milliseconds } = point;
  const trained = samplesSeen === undefined ? [] : [samplesText(samplesSeen)];
  const cost = compute === undefined ? [] : [computeText(compute)];
  const time = milliseconds === undefined ? [] : [`${milliseconds.toPrecision(3)} ms a picture here`];
  return `${[model, data, ...trained].join(', ')}: ${[`${percentText(error)} wrong`, ...cost, ...time].join(', ')}`;
}

function computeText(gmacs: number): string {
  const exponent = Math.floor(Math.log10(gmacs));
  return `${(gmacs / 10 ** exponent).toFixed(1)} · 10${raised(exponent)} GMACs`;
}
