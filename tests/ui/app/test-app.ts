import type { ClipApi, ImageApi, LibraryApi, LoadedModel } from '../../../workers/api';
import { createExchange } from '../../../workers/exchange/foreign-rows';
import { createEvaluation } from '../../../workers/evaluation/evaluation';
import { memoryStorage } from '../../helpers/memory-storage';
import type { ModelsApi } from '../../../workers/models-api';
import { AppState } from '../../../src/ui/app/app-state.svelte';
import type { Deaths } from '../../../src/ui/connect/connect';
import type { Memory } from '../../../src/ui/kit/memory';
import type { OtherTabs } from '../../../src/ui/photos/other-tabs';
import { clip, failure, images, loadedModel } from '../fakes';

export interface TestAppParts {
  readonly library: LibraryApi;
  readonly models: ModelsApi;
  /** Whether the text tower of a model is here. */
  readonly hasText?: (id: string) => boolean;
  readonly onStopModels?: () => void;
  readonly onLeave?: () => void;
  /** What takes the place of the fakes. */
  readonly towers?: Omit<ClipApi, 'load' | 'unload'>;
  readonly pictures?: ImageApi;
  /** What outlasts the visit. */
  readonly memory?: Memory;
  readonly otherTabs?: OtherTabs;
}

/** The page's whole state over workers in memory, and how those die. */
export function testApp({
  library,
  models,
  hasText = () => true,
  onStopModels = () => {},
  onLeave = () => {},
  towers = clip(),
  pictures = images,
  memory,
  otherTabs = { listen: () => {}, take: async () => true },
}: TestAppParts): {
  app: AppState;
  deaths: Deaths;
} {
  let deaths: Deaths | undefined;
  const app = new AppState({
    connect: (given) => {
      deaths = given;
      const clip: ClipApi = {
        ...towers,
        load: async (id): Promise<LoadedModel> => ({ ...loadedModel(id), hasText: hasText(id) }),
        unload: async () => {},
      };
      return {
        clip,
        library,
        images: pictures,
        models,
        evaluation: createEvaluation(async () => memoryStorage().root),
        exchange: createExchange(),
        stopExchange: () => {},
        stopClip: () => {},
        openClip: () => ({ clip, end: () => {} }),
        stopModels: onStopModels,
        leave: onLeave,
      };
    },
    schedule: (work) => work(),
    unhurried: (work) => work(),
    screenWidth: 1280,
    now: () => 0,
    today: () => 0,
    albumPicture: () => Promise.reject(failure('NetworkFailed')),
    media: undefined,
    openFrames: () => Promise.reject(new Error('no camera')),
    pickFolder: async () => undefined,
    pickTarget: async () => null,
    handOver: () => {},
    persist: async () => true,
    allowHosts: async () => true,
    memory,
    memories: [],
    gibibytes: undefined,
    online: () => true,
    otherTabs,
    reload: () => {},
    origin: 'https://clipscope.example',
  });
  if (!deaths) throw new Error('The workers were not asked for');
  return { app, deaths };
}
