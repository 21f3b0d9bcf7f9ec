import { listOf, readAs, text } from '../../src/core/schema';
import type { NamedProbe } from '../../src/evaluation/probe-answers';
import { blobSource } from '../../src/formats/byte-source';
import { readSafetensorsHeader, readTensor } from '../../src/formats/safetensors';
import { encodeSafetensorsHeader } from '../../src/formats/safetensors-writer';

/**
 * A probe as a safetensors file, which torch's `Linear` takes as it is: F32 `weight` and `bias`, the names of the
 * classes as JSON in the metadata's `classes`.
 */
export function encodeProbe({ classes, dim, names, weight, bias }: NamedProbe): Uint8Array<ArrayBuffer>[] {
  const header = encodeSafetensorsHeader(
    [
      { name: 'weight', dtype: 'F32', shape: [classes, dim] },
      { name: 'bias', dtype: 'F32', shape: [classes] },
    ],
    { classes: JSON.stringify(names) },
  );
  return [header, bytesOf(weight), bytesOf(bias)];
}

/** The probe in a file of `encodeProbe`; undefined if it holds anything else. @throws what reading the file throws */
export async function decodeProbe(file: Blob): Promise<NamedProbe | undefined> {
  const source = blobSource(file);
  const { tensors, metadata } = await readSafetensorsHeader(source);
  const names = readAs(listOf(text), parsed(metadata.get('classes') ?? ''));
  const [weight, bias] = [tensors.get('weight'), tensors.get('bias')];
  if (!names || weight?.dtype !== 'F32' || bias?.dtype !== 'F32') return undefined;
  const [classes, dim] = weight.shape;
  const isWhole = weight.shape.length === 2 && classes === names.length && bias.shape.join() === `${classes}`;
  if (!isWhole || !classes || !dim) return undefined;
  const numbers = async (info: typeof weight) => new Float32Array(await readTensor(source, info));
  return { classes, dim, names, weight: await numbers(weight), bias: await numbers(bias) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
