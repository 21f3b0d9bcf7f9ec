import { openedView, type OpenView } from '../view';
import { ProbeState } from './probe.svelte';
import ProbeView from './ProbeView.svelte';

export const openProbe: OpenView = (parts) => openedView(ProbeView, new ProbeState(parts));
