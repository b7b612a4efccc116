import type { PlannedColumn } from '../../schema/preflight';
import type { Profile } from '../../schema/profile';

/** The size of a picture that a row is read as. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** What the rows of the data are looked at with. */
export interface PictureSource {
  readonly size: PictureSize;
  /** The columns that are cells, in their order, by their place in the data. */
  readonly columns: readonly number[];
  readonly target: { readonly name: string; readonly column: number };
  /** The least and the greatest cell of all rows. */
  readonly range: readonly [number, number];
  readonly rows: number;
  /** How numbers are written. */
  readonly decimal: string;
  readonly thousands: string;
}

/** What is needed to show rows; a sentence where they can't be shown. */
export function pictureSource(profile: Profile, target: string, columns: readonly PlannedColumn[], size: PictureSize): PictureSource | string {
  const places = new Map(profile.columns.map(({ name }, index) => [name, index]));
  const features = columns.filter(({ role }) => role === 'feature');
  const cells = size.height * size.width * size.channels;
  if (features.length !== cells) {
    return `A row is shown as a picture where each column is one cell; here ${features.length} columns make ${cells} cells.`;
  }
  const stats = features.flatMap(({ column }) => profile.columns[places.get(column) ?? -1]?.numeric ?? []);
  return {
    size,
    columns: features.map(({ column }) => places.get(column) ?? -1),
    target: { name: target, column: places.get(target) ?? -1 },
    range: stats.length === 0 ? [0, 1] : [Math.min(...stats.map(({ minimum }) => minimum)), Math.max(...stats.map(({ maximum }) => maximum))],
    rows: profile.rows,
    decimal: profile.dialect?.decimal ?? '.',
    thousands: profile.dialect?.thousands ?? '',
  };
}

/** A row's cells as numbers; NaN where there is none. */
export function cellValues({ columns, decimal, thousands }: PictureSource, cells: readonly string[]): Float64Array {
  return Float64Array.from(columns, (column) => {
    const text = (cells[column] ?? '').trim();
    if (/^(?:true|false)$/i.test(text)) {
      return text.toLowerCase() === 'true' ? 1 : 0;
    }
    const plain = thousands === '' ? text : text.replaceAll(thousands, '');
    return plain === '' ? Number.NaN : Number(decimal === '.' ? plain : plain.replace(decimal, '.'));
  });
}

/** Channels beyond these are not drawn. */
export const mostChannels = 8;

/** Pixels of a picture, four bytes each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * A row as pixels: grey for one channel, colours for three, else a grey picture for each channel side by side. A cell without a value is
 * left clear.
 */
export function drawPixels({ height, width, channels }: PictureSize, values: Float64Array, [least, greatest]: readonly [number, number]): Pixels {
  const level = (row: number, column: number, channel: number): number =>
    (255 * (values[(row * width + column) * channels + channel] - least)) / Math.max(Number.MIN_VALUE, greatest - least);
  const isColour = channels === 3;
  const tiles = isColour ? 1 : Math.min(channels, mostChannels);
  // A column between tiles stays clear.
  const across = tiles * width + tiles - 1;
  const data = new Uint8ClampedArray(across * height * 4);
  for (let tile = 0; tile < tiles; tile++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const rgb = isColour ? [0, 1, 2].map((channel) => level(row, column, channel)) : new Array<number>(3).fill(level(row, column, tile));
        if (!rgb.some(Number.isNaN)) {
          data.set([...rgb, 255], (row * across + tile * (width + 1) + column) * 4);
        }
      }
    }
  }
  return { width: across, height, data };
}

/** True for a picture of one row or one column of cells: a signal, shown as lines. */
export function isSignal({ height, width }: PictureSize): boolean {
  return (height === 1 || width === 1) && height * width > 1;
}

/** The points of a channel's line in a box of 100 × 40, in pieces between cells without a value. */
export function signalLines({ height, width, channels }: PictureSize, values: Float64Array, [least, greatest]: readonly [number, number], channel: number): string[] {
  const length = height * width;
  const pieces: string[][] = [[]];
  for (let at = 0; at < length; at++) {
    const value = values[at * channels + channel];
    if (Number.isNaN(value)) {
      pieces.push([]);
    } else {
      const share = greatest > least ? (value - least) / (greatest - least) : 0.5;
      pieces.at(-1)?.push(`${((100 * at) / Math.max(1, length - 1)).toFixed(2)},${(39 - 38 * share).toFixed(2)}`);
    }
  }
  return pieces.filter((piece) => piece.length > 0).map((piece) => piece.join(' '));
}
