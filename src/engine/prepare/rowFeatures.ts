import type { Matrix } from '../compute/matrix';
import { zeros } from '../compute/matrix';
import type { Column, NumericColumn, Table } from '../data/table';
import { columnNamed } from '../data/table';
import { UserError } from '../errors';
import type { StepContext } from '../stepContext';
import { partOfStep, silentContext } from '../stepContext';
import { didYouMean } from '../suggest';
import { asNumeric } from './columnKinds';
import type { ColumnTransformer, FeatureWriter, TransformerState } from './columnTransformer';
import type { LeftOut } from './featureSelection';
import type { KnnImputer } from './knnImputer';
import type { Product } from './products';
import { productName } from './products';

/** Rows are written block by block, so that a block's part of the matrix stays in the processor's cache while column after column fills it. */
const blockRows = 256;
const largestMatrixBytes = 4e9;

/** A column with what turns it into features. */
export interface TransformedColumn {
  readonly name: string;
  readonly transformer: ColumnTransformer;
}

/** The parts that rows' features are made of. */
export interface RowFeatureParts {
  readonly columns: readonly TransformedColumn[];
  /** Fills missing numbers before anything else. */
  readonly knn?: KnnImputer;
  /** Products of the columns' features, which come after them. */
  readonly products: readonly Product[];
  /** Features, products among them, that are left out. */
  readonly leftOut: readonly LeftOut[];
}

/** What was worked out while fitting, for training rows alone. */
export interface TrainingShortcuts {
  readonly filled: ReadonlyMap<string, NumericColumn>;
  /** Writers of columns whose training rows have features of their own. */
  readonly writers: ReadonlyMap<string, FeatureWriter>;
}

/** Turns single rows into features: each column by its transformer, then products, without those that are left out. */
export class RowFeatures {
  /** Names of the features, in order. */
  readonly names: readonly string[];
  /** For each feature the number of its codes when it is an ordinal-coded category, 0 for all others. */
  readonly categoryCounts: readonly number[];
  /** Names of the columns' features, products and left out ones apart; and the column that each came from. */
  readonly columnFeatures: readonly string[];
  readonly columnSources: readonly string[];
  /** The places of the features among the columns' features and the products behind them. */
  private readonly kept: Int32Array;
  private readonly offsets: readonly number[];

  constructor(readonly parts: RowFeatureParts) {
    const { columns, products, leftOut } = parts;
    this.columnFeatures = columns.flatMap(({ transformer }) => transformer.outputs);
    this.columnSources = columns.flatMap(({ name, transformer }) => transformer.outputs.map(() => name));
    let width = 0;
    this.offsets = columns.map(({ transformer }) => (width += transformer.outputs.length) - transformer.outputs.length);
    const gone = new Set(leftOut.map(({ feature }) => feature));
    this.kept = Int32Array.from({ length: width + products.length }, (_, place) => place).filter((place) => !gone.has(place));
    const counts = columns.flatMap(({ transformer: { state, outputs } }) => outputs.map(() => codeCount(state)));
    this.names = Array.from(this.kept, (place) => this.nameOf(place));
    this.categoryCounts = Array.from(this.kept, (place) => (place < width ? counts[place] : 0));
  }

  /** The name of a column's feature or of a product. */
  nameOf(place: number): string {
    const width = this.columnFeatures.length;
    return place < width ? this.columnFeatures[place] : productName(this.parts.products[place - width], this.columnFeatures);
  }

  /** The column of a feature; of a product's first factor. */
  sourceOf(place: number): string {
    const width = this.columnFeatures.length;
    return this.columnSources[place < width ? place : this.parts.products[place - width][0]];
  }

  /** The column that each feature came from; of a product, that of its first factor. */
  get sources(): string[] {
    return Array.from(this.kept, (place) => this.sourceOf(place));
  }

  /** True when each feature is a column's own. */
  get isPlain(): boolean {
    return this.kept.length === this.columnFeatures.length && this.parts.products.length === 0;
  }

  /**
   * @returns rows × features.
   * @throws UserError when the table lacks a column, or the features would not fit into memory.
   */
  transform(table: Table, rows: Uint32Array, shortcuts?: TrainingShortcuts, context: StepContext = silentContext): Matrix {
    if (this.isPlain) {
      return this.writeColumns(table, rows, shortcuts, context);
    }
    const width = this.columnFeatures.length;
    this.checkSize(rows.length, this.kept.length);
    const matrix = zeros(rows.length, this.kept.length);
    const scratch = zeros(Math.min(blockRows, rows.length), width);
    this.eachBlock(table, rows, shortcuts, context, (block, start, write) => {
      const part = { rows: block.length, columns: width, values: scratch.values };
      write(part);
      this.combineInto(part, matrix.values.subarray(start * this.kept.length, (start + block.length) * this.kept.length));
    });
    return matrix;
  }

  /** The columns' features, without products and with those that are left out. */
  writeColumns(table: Table, rows: Uint32Array, shortcuts?: TrainingShortcuts, context: StepContext = silentContext): Matrix {
    const width = this.columnFeatures.length;
    this.checkSize(rows.length, width);
    const matrix = zeros(rows.length, width);
    this.eachBlock(table, rows, shortcuts, context, (block, start, write) =>
      write({ rows: block.length, columns: width, values: matrix.values.subarray(start * width, (start + block.length) * width) }));
    return matrix;
  }

  /** The features that follow from the columns' own. */
  combine(columns: Matrix): Matrix {
    if (this.isPlain) {
      return columns;
    }
    const matrix = zeros(columns.rows, this.kept.length);
    this.combineInto(columns, matrix.values);
    return matrix;
  }

  private combineInto({ rows, columns, values }: Matrix, into: Float64Array): void {
    const { products } = this.parts;
    const { kept } = this;
    for (let row = 0, at = 0; row < rows; row++) {
      const start = row * columns;
      for (let k = 0; k < kept.length; k++, at++) {
        const place = kept[k];
        if (place < columns) {
          into[at] = values[start + place];
          continue;
        }
        const product = products[place - columns];
        let value = values[start + product[0]];
        for (let factor = 1; factor < product.length; factor++) {
          value *= values[start + product[factor]];
        }
        into[at] = value;
      }
    }
  }

  private eachBlock(
    table: Table, rows: Uint32Array, shortcuts: TrainingShortcuts | undefined, context: StepContext,
    visit: (block: Uint32Array, start: number, write: (into: Matrix) => void) => void,
  ): void {
    const filled = shortcuts?.filled ?? fillByNeighbors(this.parts.knn, table, rows, partOfStep(context, 0, 0.5));
    const writers = this.parts.columns.map(({ name, transformer }, c) => ({
      write: shortcuts?.writers.get(name) ?? transformer.writer(findColumn(table, name), filled.get(name)),
      offset: this.offsets[c],
    }));
    for (let start = 0; start < rows.length; start += blockRows) {
      context.throwIfCancelled();
      context.report(start / rows.length, `prepared ${start} of ${rows.length} rows`);
      const block = rows.subarray(start, start + blockRows);
      visit(block, start, (into) => writers.forEach(({ write, offset }) => write(block, into, offset)));
    }
  }

  private checkSize(rows: number, width: number): void {
    const bytes = rows * width * Float64Array.BYTES_PER_ELEMENT;
    if (bytes > largestMatrixBytes) {
      const widest = this.parts.columns.reduce((most, column) => (column.transformer.outputs.length > most.transformer.outputs.length ? column : most));
      throw new UserError(
        `${rows} rows with ${width} features need ${(bytes / 1e9).toFixed(1)} GB, more than ${largestMatrixBytes / 1e9} GB; exclude columns or make fewer features of them: "${widest.name}" alone gives ${widest.transformer.outputs.length}.`,
      );
    }
  }
}

/** Columns whose missing numbers other columns tell, filled in the given rows; by name. */
export function fillByNeighbors(knn: KnnImputer | undefined, table: Table, rows: Uint32Array, context: StepContext): Map<string, NumericColumn> {
  if (knn === undefined) {
    return new Map();
  }
  const columns = knn.state.columns.map((name) => asNumeric(findColumn(table, name)));
  return new Map(knn.impute(columns, rows, context).map((column) => [column.name, column]));
}

/** How many codes an ordinal-coded category has; 0 for everything else. */
function codeCount(state: TransformerState): number {
  return state.kind === 'category' && state.encode === 'ordinal' ? state.frequent.length + (state.rare.length > 0 ? 1 : 0) : 0;
}

/** @throws UserError when there is none of that name. */
export function findColumn(table: Table, name: string): Column {
  const column = columnNamed(table, name);
  if (column === undefined) {
    const names = table.columns.map((candidate) => candidate.name);
    throw new UserError(`The data lacks column "${name}", which the model needs; add it or mend its name.${didYouMean(name, names)}`);
  }
  return column;
}
