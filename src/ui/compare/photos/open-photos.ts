import { openedView, type OpenView } from '../view';
import { Comparison } from './comparison.svelte';
import PhotosView from './PhotosView.svelte';

export const openPhotos: OpenView = (parts) => openedView(PhotosView, new Comparison(parts));
