/** What a resize reads and computes, for the CPU and its WebGPU twin alike. */
import { filterTable, isUnchanged } from './filter-weights';
import type { FilterTable } from './filter-weights';
import type { Axis, Fit } from './geometry';

/** The source pixels that a pass reads: the first, and one past the last. */
export interface Extent {
  readonly first: number;
  readonly end: number;
}

/** The two passes of a resize, each null if nothing changes and no pass is needed. */
export interface ResizePlan {
  readonly across: FilterTable | null;
  readonly down: FilterTable | null;
  /** The columns and rows of the source that are read, and no others. */
  readonly columns: Extent;
  readonly rows: Extent;
  /** Whether the vertical pass comes first. */
  readonly isVerticalFirst: boolean;
}

export function resizePlan(fit: Fit): ResizePlan {
  const { horizontal, vertical } = fit;
  const across = passTable(horizontal, fit);
  const down = passTable(vertical, fit);
  return {
    across,
    down,
    columns: extentOf(horizontal, across),
    rows: extentOf(vertical, down),
    // Pillow (12, not yet 11) swaps the passes for a picture over 100 times as tall as wide that gets shorter.
    isVerticalFirst:
      across !== null && vertical.source > horizontal.source * 100 && vertical.resized < vertical.source,
  };
}

function passTable(axis: Axis, fit: Fit): FilterTable | null {
  return isUnchanged(axis) ? null : filterTable(axis, fit.interpolation);
}

function extentOf(axis: Axis, table: FilterTable | null): Extent {
  if (!table) return { first: axis.start, end: axis.start + axis.length };
  const last = table.length - 1;
  return { first: table.starts[0]!, end: table.starts[last]! + table.counts[last]! };
}
