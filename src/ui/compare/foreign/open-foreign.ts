import { openedView, type OpenView } from '../view';
import { Foreign } from './foreign.svelte';
import ForeignView from './ForeignView.svelte';

export const openForeign: OpenView = (parts) => openedView(ForeignView, new Foreign(parts));
