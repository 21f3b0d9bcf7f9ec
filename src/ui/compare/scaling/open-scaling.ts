import { openedView, type OpenView } from '../view';
import { Scaling } from './scaling.svelte';
import ScalingView from './ScalingView.svelte';

export const openScaling: OpenView = (parts) => openedView(ScalingView, new Scaling(parts));
