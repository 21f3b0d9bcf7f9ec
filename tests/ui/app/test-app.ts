import type { LoadedModel } from '../../../workers/api';
import { evaluation } from '../../../workers/evaluation/evaluation';
import type { ModelsApi } from '../../../workers/models-api';
import { AppState } from '../../../src/ui/app/app-state.svelte';
import type { Deaths } from '../../../src/ui/connect/connect';
import { clip, failure, images, loadedModel, type TestLibrary } from '../fakes';

export interface TestAppParts {
  readonly library: TestLibrary;
  readonly models: ModelsApi;
  /** Whether the text tower of a model is here. */
  readonly hasText?: (id: string) => boolean;
  readonly onStopModels?: () => void;
  readonly onLeave?: () => void;
}

/** The page's whole state over workers in memory, and how those die. */
export function testApp({
  library,
  models,
  hasText = () => true,
  onStopModels = () => {},
  onLeave = () => {},
}: TestAppParts): {
  app: AppState;
  deaths: Deaths;
} {
  let deaths: Deaths | undefined;
  const app = new AppState({
    connect: (given) => {
      deaths = given;
      return {
        clip: {
          ...clip(),
          load: async (id): Promise<LoadedModel> => ({ ...loadedModel(id), hasText: hasText(id) }),
          unload: async () => {},
        },
        library,
        images,
        models,
        evaluation,
        stopClip: () => {},
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
    pickFolder: async () => undefined,
    pickTarget: async () => null,
    handOver: () => {},
    persist: async () => true,
    allowHosts: async () => true,
    memory: undefined,
    memories: [],
    gibibytes: undefined,
    online: () => true,
    otherTabs: { listen: () => {}, take: async () => true },
    reload: () => {},
    origin: 'https://clipscope.example',
  });
  if (!deaths) throw new Error('The workers were not asked for');
  return { app, deaths };
}
