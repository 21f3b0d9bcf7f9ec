import { failureName, messageOf, type FailureName } from '../../src/core/failure';

/** How the command can fail where the page cannot. */
type EmbedFailureName = 'PartitionsMixed' | 'PartitionBusy';

/** An expected failure: `name` identifies it, `message` says what happened, `todo` what to do. */
export class EmbedFailure extends Error {
  override readonly name: EmbedFailureName;
  readonly todo: string;

  constructor(name: EmbedFailureName, message: string, todo: string) {
    super(message);
    this.name = name;
    this.todo = todo;
  }
}

const CHECKPOINT =
  'Name the folder of a checkpoint with --model: its config, its weights and its tokenizer.json.';
const AGAIN = 'Get the file again from where it came: it is damaged or cut short.';

/** What to do at the command line after a failure that the page has too. */
const TODO: Partial<Record<FailureName, string>> = {
  CheckpointIncomplete: CHECKPOINT,
  ArchitectureUnclear: CHECKPOINT,
  TokenizerMissing: CHECKPOINT,
  ConfigUnreadable: AGAIN,
  SafetensorsMalformed: AGAIN,
  TorchFileMalformed: AGAIN,
  WeightsUnusable: AGAIN,
  FileUnreadable: 'Check its name and that this user may read it, then run the same command again.',
  OutOfMemory: 'Run fewer partitions side by side, or choose a smaller model.',
  UnsupportedSetting: 'Choose another checkpoint.',
};

/** A failure's name, what happened and what to do, in lines for a terminal. */
export function tellFailure(error: unknown): string {
  if (error instanceof EmbedFailure) return `${error.name}: ${error.message}\n${error.todo}`;
  const name = failureName(error);
  const todo = (name && TODO[name]) ?? '--help tells what there is.';
  const isExpected = name !== undefined || error instanceof TypeError;
  const said = isExpected ? messageOf(error) : ((error as Error).stack ?? messageOf(error));
  return `${name === undefined ? '' : `${name}: `}${said}\n${todo}`;
}
