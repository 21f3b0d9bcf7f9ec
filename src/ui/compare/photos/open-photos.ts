import { openedView, type OpenView } from '../view';
import { Comparison } from './comparison.svelte';
import { recordOf } from './comparison-record';
import { comparisonTables } from './comparison-tables';
import { costFacts } from './cost-facts';
import PhotosView from './PhotosView.svelte';

export const openPhotos: OpenView = (parts) => {
  const comparison = new Comparison(parts);
  parts.records.comparedBy(() => {
    const record = recordOf(comparison, new Date(parts.today()).toISOString(), navigator.userAgent);
    return comparisonTables(record, costFacts(comparison));
  });
  return openedView(PhotosView, comparison, () => comparison.columns.length > 0);
};
