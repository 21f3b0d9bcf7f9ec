import { Settings } from '../../config/settings';
import type { HfProjection } from './hf-projection';

/** Settings of `text_cfg` that OpenCLIP leaves to transformers when one of its models is named. */
const IGNORED = [
  'hf_model_pretrained',
  'vocab_size',
  'width',
  'heads',
  'layers',
  'mlp_ratio',
  'ls_init_value',
  'embed_cls',
  'pad_id',
  'eos_id',
  'no_causal_mask',
  'use_pad_mask',
  'correct_cls_mask',
  'final_ln_after_pool',
  'pool_type',
  'proj_type',
  'proj_bias',
  'output_tokens',
  'act_kwargs',
  'norm_kwargs',
];

/** Settings of a model's config that have no effect at inference. */
const IDLE = [
  'architectures',
  'attention_probs_dropout_prob',
  'bos_token_id',
  'classifier_dropout',
  'eos_token_id',
  'hidden_dropout_prob',
  'initializer_range',
  'output_past',
  'transformers_version',
  'use_cache',
];

/**
 * The config of the model that `hf_model_name` names: what is known of it by its name, and `hf_model_config` over it.
 * @param idle further settings without effect
 */
export function readHfConfig(settings: Settings, ...idle: readonly string[]): Settings {
  settings.harmless(...IGNORED);
  const config = new Settings(settings.raw('hf_model_config') ?? {}, 'text_cfg.hf_model_config');
  config.harmless(...IDLE, ...idle);
  return config;
}

/** The name of a model without the owner that the hub has put before it since. */
export function hfModelName(settings: Settings): string | undefined {
  return settings.name('hf_model_name')?.replace(/^FacebookAI\//, '');
}

/**
 * What a tower reads of its tokens: their mean without padding; the first; or the first through a dense layer and tanh,
 * which BERT's kin have for it.
 */
export type HfPool = 'mean' | 'first' | 'dense';

const POOLS = { mean_pooler: 'mean', cls_pooler: 'dense', cls_last_hidden_state_pooler: 'first' } as const;

/** @param usual of a model of this kind, where the setting is null */
export function readHfPool(settings: Settings, usual: keyof typeof POOLS): HfPool {
  if (settings.isNull('hf_pooler_type')) return POOLS[usual];
  return POOLS[
    settings.choice('hf_pooler_type', ['mean_pooler', 'cls_pooler', 'cls_last_hidden_state_pooler'])
  ];
}

/** Where the setting is null there is a projection only if the widths differ, and OpenCLIP has none for that. */
export function readHfProjection(settings: Settings, width: number, embedDim: number): HfProjection {
  if (!settings.isNull('hf_proj_type')) return settings.choice('hf_proj_type', ['mlp', 'linear']);
  if (width === embedDim) return 'none';
  throw settings.refusal('hf_proj_type', `the tower is ${width} wide, the embedding ${embedDim}`);
}
