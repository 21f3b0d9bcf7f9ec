import { grouped } from '../../core/digits';
import { Failure } from '../../core/failure';
import type { ByteSource } from '../byte-source';
import { DTYPE_BITS, elementCount, type SafetensorsDtype, type TensorInfo } from '../safetensors';
import { PickleError, readPickle, type PickleGlobal, type PickleObject, type PickleValue } from './pickle';
import { readZipRecords, ZipError, type ZipRecord } from './zip-records';

/** The first bytes of a zip archive, as torch writes since 1.6, and of what it wrote before: a pickle of a number. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

/** Far above any checkpoint's: a thousand tensors, with an optimizer's, take some 300 KB. */
const MOST_PICKLE = 2 ** 24;

/** Storage classes, `torch.…`, by the type of their elements. */
const STORAGES: Readonly<Record<string, SafetensorsDtype>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: 'C64',
};

/** Types that stand beside tensors in what training saves. */
const TYPES = /^torch\.(?:float(?:16|32|64)|bfloat16|half|double|u?int(?:8|16|32|64)|long|bool)$/;

interface Storage extends PickleObject {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: SafetensorsDtype;
  /** Elements. */
  readonly length: number;
}

interface Tensor extends PickleObject {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Whether a file that begins with `head` (16 bytes are enough) is one of torch's, in either form. */
export function isTorchFile(head: Uint8Array): boolean {
  return [ZIP, LEGACY].some((magic) => magic.every((byte, at) => head[at] === byte));
}

/**
 * The tensors of what `torch.save` wrote, by name: of a `state_dict`, or of one under the key `state_dict`. Everything
 * else in the file, such as an optimizer, is left unread.
 *
 * Why nothing in it can run: of the names in its pickle those of containers, tensors and types are known here, and stand
 * for data; any other is refused by name before a byte of weights is read.
 * @throws TorchFileRefused for a file that holds something other than weights; TorchFileMalformed; and what
 *   `source.slice` throws
 */
export async function readTorchTensors(source: ByteSource): Promise<ReadonlyMap<string, TensorInfo>> {
  try {
    const head = new Uint8Array(await source.slice(0, Math.min(source.byteLength, ZIP.length)));
    const found = ZIP.every((byte, at) => head[at] === byte)
      ? await readArchive(source)
      : await readLegacy(source);
    return tensorsOf(found.value, found.placeOf);
  } catch (error) {
    if (error instanceof PickleError) throw malformed(`Its pickle is damaged. ${error.message}`, error);
    if (error instanceof ZipError) throw malformed(error.message, error);
    throw error;
  }
}

interface Found {
  readonly value: PickleValue;
  /** Where a storage's elements are. */
  readonly placeOf: (storage: Storage) => ZipRecord;
}

async function readArchive(source: ByteSource): Promise<Found> {
  const records = await readZipRecords(source);
  const pickle = [...records.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name));
  const folder = pickle?.slice(0, -'data.pkl'.length) ?? '';
  if (records.has(`${folder}constants.pkl`))
    throw refused('It is a TorchScript archive, which holds a program beside its weights.');
  const recordOf = (name: string): ZipRecord | undefined => {
    const record = records.get(name);
    if (record?.isCompressed) throw new ZipError(`Its record ${name} is compressed.`);
    return record;
  };
  const place = pickle === undefined ? undefined : recordOf(pickle);
  if (place === undefined) throw malformed('It is a zip archive without a data.pkl, so not one of torch.');
  const order = recordOf(`${folder}byteorder`);
  if (order && (await textOf(source, order)) !== 'little') throw refused('Its numbers are big-endian.');
  const { value } = readPickle(await pickleBytes(source, place.start, place.end), NAMES);
  return {
    value,
    placeOf({ key, dtype, length }) {
      const record = recordOf(`${folder}data/${key}`);
      if (record === undefined) throw malformed(`It lacks the record data/${key}, which a tensor is in.`);
      const [has, needs] = [record.end - record.start, (length * DTYPE_BITS[dtype]) / 8];
      if (has < needs)
        throw malformed(`Its record data/${key} has ${grouped(has)} bytes, its tensors ${grouped(needs)}.`);
      return record;
    },
  };
}

/**
 * The form before torch 1.6: pickles of a number, a version, the system, the object and the order of its storages, then
 * each of these after its length.
 */
async function readLegacy(source: ByteSource): Promise<Found> {
  const bytes = await pickleBytes(source, 0, Math.min(source.byteLength, MOST_PICKLE));
  const storages = new Map<string, Storage>();
  const persistent = (id: PickleValue): PickleValue => {
    const storage = storageOf(id);
    storages.set(storage.key, storage);
    return storage;
  };
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, { ...NAMES, persistent }, at);
    at = end;
    return value;
  };
  const [, , system, value, keys] = [next(), next(), next(), next(), next()];
  if (!(system instanceof Map) || system.get('little_endian') !== true)
    throw refused('Its numbers are big-endian.');
  if (!Array.isArray(keys)) throw new PickleError('The order of its storages is no list.');
  const places = new Map<string, ZipRecord>();
  let end = at;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) throw malformed('It has a storage that no tensor is in.');
    const start = end + 8;
    end = start + (storage.length * DTYPE_BITS[storage.dtype]) / 8;
    if (end > source.byteLength)
      throw malformed(
        `The file is cut short: its tensors take ${grouped(end)} bytes, it has ${grouped(source.byteLength)}.`,
      );
    places.set(storage.key, { start, end });
  }
  return {
    value,
    placeOf({ key }) {
      const place = places.get(key);
      if (place === undefined) throw malformed(`It lacks the storage ${key}, which a tensor is in.`);
      return place;
    },
  };
}

async function pickleBytes(source: ByteSource, start: number, end: number): Promise<Uint8Array> {
  if (end - start > MOST_PICKLE)
    throw malformed(
      `Its pickle has ${grouped(end - start)} bytes; at most ${grouped(MOST_PICKLE)} are read.`,
    );
  return new Uint8Array(await source.slice(start, end));
}

async function textOf(source: ByteSource, { start, end }: ZipRecord): Promise<string> {
  return new TextDecoder().decode(await source.slice(start, Math.min(end, start + 16)));
}

/** @throws TorchFileRefused, TorchFileMalformed */
function tensorsOf(value: PickleValue, placeOf: Found['placeOf']): ReadonlyMap<string, TensorInfo> {
  const inner = value instanceof Map ? (value.get('state_dict') ?? value) : undefined;
  if (!(inner instanceof Map)) throw refused('It holds no dictionary of tensors.');
  const tensors = new Map<string, TensorInfo>();
  for (const [name, one] of inner) {
    if (typeof name === 'string' && isTensor(one)) tensors.set(name, infoOf(name, one, placeOf(one.storage)));
  }
  if (tensors.size === 0) throw refused('It holds no dictionary of tensors.');
  return tensors;
}

function infoOf(name: string, { storage, offset, shape, strides }: Tensor, { start }: ZipRecord): TensorInfo {
  const { dtype, length } = storage;
  const bytes = DTYPE_BITS[dtype] / 8;
  const isEmpty = shape.includes(0);
  const reach = isEmpty
    ? 0
    : 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 0);
  if (offset + reach > length)
    throw malformed(
      `Tensor ${name} reaches to element ${grouped(offset + reach)} of a storage of ${grouped(length)}.`,
    );
  const from = start + offset * bytes;
  const info = { name, dtype, shape, start: from, end: from + reach * bytes };
  return isEmpty || isRowMajor(shape, strides) ? info : { ...info, strides };
}

/** Whether the elements stand one after the other; the stride of an axis of length 1 does not matter. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  return shape.every((size, axis) => size === 1 || strides[axis] === elementCount(shape.slice(axis + 1)));
}

const NAMES = { global: globalOf, persistent: storageOf };

/** @throws TorchFileRefused for any name that weights do not need */
function globalOf(name: string): PickleGlobal {
  const known = CALLS[name];
  if (known !== undefined) return { global: name, call: known };
  if (TYPES.test(name)) return { global: name };
  const storage = /^torch\.(\w+)$/.exec(name)?.[1];
  if (storage !== undefined && Object.hasOwn(STORAGES, storage)) return { global: name };
  throw refused(`It names ${name}, which weights do not need. Nothing of it was run.`);
}

const CALLS: Readonly<Record<string, (given: readonly PickleValue[]) => PickleValue>> = Object.assign(
  Object.create(null) as object,
  {
    'collections.OrderedDict': ([items]: readonly PickleValue[]) => dictionary(items),
    // How protocol 2 writes bytes.
    '_codecs.encode': ([text = null]: readonly PickleValue[]) => text,
    'torch.Size': ([sizes = []]: readonly PickleValue[]) => sizes,
    'torch.device': () => null,
    'torch._utils._rebuild_tensor_v2': rebuiltTensor,
    'torch._utils._rebuild_parameter': ([data = null]: readonly PickleValue[]) => data,
  },
);

/** Of a list of pairs, as Python copies an OrderedDict; empty without one. */
function dictionary(items: PickleValue | undefined): PickleValue {
  const pairs = Array.isArray(items) ? items : [];
  return new Map(
    pairs.map((pair) => (Array.isArray(pair) ? [pair[0] ?? null, pair[1] ?? null] : [pair, null])),
  );
}

/** Behind strides: whether it has a gradient, its hooks, and what else is to be done with its elements. */
function rebuiltTensor([storage, offset, shape, strides, , , more]: readonly PickleValue[]): PickleValue {
  if (more instanceof Map && more.size > 0)
    throw refused('It has a tensor whose elements are to be negated or conjugated when they are read.');
  const [sizes, steps] = [wholeNumbers(shape), wholeNumbers(strides)];
  const [from] = wholeNumbers([offset ?? null]);
  if (storage === undefined || !isStorage(storage) || from === undefined || sizes.length !== steps.length)
    throw new PickleError(
      'A tensor is made of something else than a storage, an offset, a shape and strides.',
    );
  const tensor: Tensor = { kind: 'tensor', storage, offset: from, shape: sizes, strides: steps };
  return tensor;
}

/** ("storage", its class, its key, its device, its length), and more in the older form. */
function storageOf(id: PickleValue): Storage {
  const [kind, type, key, , length, part = null] = Array.isArray(id) ? id : [];
  const name = typeof type === 'object' && type !== null && 'global' in type ? type.global : '';
  const dtype = STORAGES[name.replace(/^torch\./, '')];
  const [count] = wholeNumbers([length ?? null]);
  // Torch of before 0.2 wrote storages that were parts of others.
  if (
    part !== null ||
    kind !== 'storage' ||
    typeof key !== 'string' ||
    dtype === undefined ||
    count === undefined
  )
    throw new PickleError('A tensor is in something else than a storage.');
  return { kind: 'storage', key, dtype, length: count };
}

/** @throws PickleError unless all are, from 0 to what no file reaches */
function wholeNumbers(values: PickleValue | undefined): number[] {
  const list = Array.isArray(values) ? values : [null];
  return list.map((value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw new PickleError('A size or offset is no whole number.');
  });
}

function isTensor(value: PickleValue): value is Tensor {
  return isKind(value, 'tensor');
}

function isStorage(value: PickleValue): value is Storage {
  return isKind(value, 'storage');
}

function isKind(value: PickleValue, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

function refused(message: string): Failure {
  return new Failure('TorchFileRefused', message);
}

function malformed(message: string, cause?: unknown): Failure {
  return new Failure('TorchFileMalformed', message, cause === undefined ? {} : { cause });
}
