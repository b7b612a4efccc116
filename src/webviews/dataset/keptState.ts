import type { NavigationStore } from '../shared/navigation';
import type { GridPlace } from './dataGrid';

/*
 * What the view finds in its kept state, which is text: widths that the reader gave to columns, and where in the table he was.
 */

export function keptWidths(navigation: NavigationStore): Readonly<Record<string, number>> {
  const widths = parsed(navigation.chosen('widths', ''));
  return isRecord(widths) ? Object.fromEntries(Object.entries(widths).filter((entry): entry is [string, number] => typeof entry[1] === 'number')) : {};
}

export function keptPlace(navigation: NavigationStore): GridPlace | undefined {
  const place = parsed(navigation.chosen('place', ''));
  if (!isRecord(place) || !isRecord(place['cell'])) {
    return undefined;
  }
  const [top, left, row, column] = [place['top'], place['left'], place['cell']['row'], place['cell']['column']];
  return typeof top === 'number' && typeof left === 'number' && typeof row === 'number' && typeof column === 'number' ? { top, left, cell: { row, column } } : undefined;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    // Of another version; the reader starts at the top.
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
