import type { Experiment } from '../../schema/experiment';
import { numericSettings } from '../../schema/prepare';
import type { Matrix } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import type { Column, Table } from '../data/table';
import { columnNamed } from '../data/table';
import { kFold } from '../evaluate/splitters';
import { UserError } from '../errors';
import type { StepContext } from '../stepContext';
import { partOfStep } from '../stepContext';
import { quotedList } from '../suggest';
import { asNumeric } from './columnKinds';
import type { FittedColumn, FeatureWriter, TrainingSide } from './columnTransformer';
import { fitColumn, whyColumnDropped } from './columnTransformer';
import type { LeftOut } from './featureSelection';
import { selectFeatures } from './featureSelection';
import { KnnImputer } from './knnImputer';
import type { PipelineNeeds, PipelineState, TrainingRows } from './pipeline';
import { shortNumber } from './preparationStep';
import type { Product } from './products';
import { checkProducts, planProducts } from './products';
import type { RowFeatureParts, TransformedColumn } from './rowFeatures';
import { fillByNeighbors, RowFeatures } from './rowFeatures';

/** A fitted pipeline's state with the training rows' features. */
export interface FitResult {
  readonly state: PipelineState;
  readonly knn: KnnImputer | undefined;
  /** Training rows × features of one row, before windows are made. */
  readonly features: Matrix;
  /** True when those differ from what the state would give, since it learned from the target. */
  readonly learnsFromTarget: boolean;
}

type ColumnState = PipelineState['columns'][number];

/** Learns all that a pipeline consists of: imputation over columns, each column's transformer, products, and what is left out. */
export function fitPipeline(
  table: Table, train: TrainingRows, experiment: Experiment, random: RandomStream, needs: PipelineNeeds, context: StepContext,
): FitResult {
  const { prepare, target } = experiment;
  const side = trainingSide(train, experiment, random);
  const roles = rolesOf(table, side, experiment, needs.keepConstant === true);
  const used = table.columns.filter(({ name }) => roles.get(name)?.role === 'feature');
  const knn = fitKnn(used, side, experiment);
  const [filledAt, learnedAt] = [knn === undefined ? 0 : 0.4, 0.7];
  const filled = fillByNeighbors(knn, table, train.rows, partOfStep(context, 0, filledAt));
  const learning = partOfStep(context, filledAt, learnedAt);
  const writers = new Map<string, FeatureWriter>();
  const columns: TransformedColumn[] = [];
  for (const [index, column] of used.entries()) {
    context.throwIfCancelled();
    learning.report(index / used.length, `learning how to prepare "${column.name}"`);
    const fitted: FittedColumn | { readonly dropped: string } = fitColumn(column, side, prepare, filled.get(column.name));
    if ('dropped' in fitted) {
      roles.set(column.name, { ...stateOf(column), role: 'dropped', reason: fitted.dropped });
      continue;
    }
    columns.push({ name: column.name, transformer: fitted.transformer });
    if (fitted.trainingWriter !== undefined) {
      writers.set(column.name, fitted.trainingWriter);
    }
  }
  if (columns.length === 0 && needs.windows?.history !== true) {
    throw nothingLeft([...roles.values()]);
  }
  const products = fitProducts(columns, experiment);
  const all = new RowFeatures({ columns, products, leftOut: [], ...(knn === undefined ? {} : { knn }) });
  const complete = all.transform(table, train.rows, { filled, writers }, partOfStep(context, learnedAt, 1));
  const leftOut = needs.keepConstant === true ? [] : selectFeatures(complete, prepare.select, random.split('select'), () => context.throwIfCancelled());
  const parts = withoutUnused({ ...all.parts, leftOut }, roles, all);
  if (leftOut.length === complete.columns && complete.columns > 0 && needs.windows?.history !== true) {
    throw nothingLeft([...roles.values()]);
  }
  parts.columns.forEach(({ name, transformer }) => {
    const column = columnNamed(table, name);
    if (column !== undefined) {
      roles.set(name, { ...stateOf(column), role: 'feature', transformer: transformer.state });
    }
  });
  return {
    state: {
      target,
      columns: table.columns.map((column) => roles.get(column.name) ?? { ...stateOf(column), role: 'excluded' }),
      ...(knn === undefined ? {} : { knn: knn.state }),
      ...(parts.products.length === 0 ? {} : { products: parts.products.map((product) => [...product]) }),
      ...(parts.leftOut.length === 0 ? {} : { leftOut: parts.leftOut.map((feature) => ({ ...feature })) }),
      ...(needs.windows === undefined ? {} : { windows: needs.windows }),
    },
    knn,
    features: keepFeatures(complete, leftOut),
    learnsFromTarget: writers.size > 0,
  };
}

function stateOf({ name, type }: Column): Pick<ColumnState, 'name' | 'type'> {
  return { name, type };
}

function trainingSide(train: TrainingRows, { prepare }: Experiment, random: RandomStream): TrainingSide {
  let folds: Uint32Array | undefined;
  return { ...train, random, folds: () => (folds ??= foldsOf(train, prepare.categorical.targetFolds, random.split('targetFolds'))) };
}

/** The fold of each training row; with one row there is one fold, from which nothing but the overall mean can be learned. */
function foldsOf({ rows, target, classes }: TrainingRows, wanted: number, random: RandomStream): Uint32Array {
  const foldOfRow = new Uint32Array(rows.length);
  const folds = Math.min(wanted, rows.length);
  if (folds > 1) {
    kFold({ folds, rows: rows.length, target, stratified: classes.length > 0 }, random).forEach(({ test }, fold) => test.forEach((i) => (foldOfRow[i] = fold)));
  }
  return foldOfRow;
}

function rolesOf(table: Table, train: TrainingSide, { prepare, features, target }: Experiment, keepConstant: boolean): Map<string, ColumnState> {
  const excluded = new Set(features.exclude);
  return new Map(table.columns.map((column): [string, ColumnState] => {
    if (column.name === target) {
      return [column.name, { ...stateOf(column), role: 'target' }];
    }
    if (excluded.has(column.name)) {
      return [column.name, { ...stateOf(column), role: 'excluded' }];
    }
    const reason = whyColumnDropped(column, train.rows, prepare, keepConstant);
    return [column.name, reason === undefined ? { ...stateOf(column), role: 'feature' } : { ...stateOf(column), role: 'dropped', reason }];
  }));
}

/** The imputer of the numbers that are filled by the rows most alike in each other; undefined when there are none. */
function fitKnn(used: readonly Column[], { rows, random }: TrainingSide, { prepare }: Experiment): KnnImputer | undefined {
  const columns = used.flatMap((column) =>
    column.kind === 'numeric' && column.type !== 'dateTime' && numericSettings(prepare, column.name).impute === 'knn' ? [asNumeric(column)] : []);
  return columns.length === 0 ? undefined : KnnImputer.fit(columns, rows, prepare.numeric, random.split('knn'));
}

/** @throws UserError when there would be too many. */
function fitProducts(columns: readonly TransformedColumn[], { prepare: { polynomial } }: Experiment): Product[] {
  if (polynomial.degree < 2) {
    return [];
  }
  const chosen = polynomial.columns === undefined ? undefined : new Set(polynomial.columns);
  let offset = 0;
  const places = columns.flatMap(({ name, transformer }) => {
    const place = offset;
    offset += transformer.outputs.length;
    return transformer.state.kind === 'number' && (chosen?.has(name) ?? true) ? [place] : [];
  });
  checkProducts(places.length, polynomial);
  return planProducts(places, polynomial);
}

/** Without the columns none of whose features is used: they become dropped ones, and the others' features move up. */
function withoutUnused(parts: RowFeatureParts, roles: Map<string, ColumnState>, all: RowFeatures): RowFeatureParts {
  const width = all.columnFeatures.length;
  const gone = new Map(parts.leftOut.map((feature) => [feature.feature, feature]));
  const factors = new Set(parts.products.flatMap((product, p) => (gone.has(width + p) ? [] : product)));
  const isUsed = (place: number): boolean => !gone.has(place) || factors.has(place);
  const moved = new Int32Array(width + parts.products.length).fill(-1);
  let [offset, next] = [0, 0];
  const columns = parts.columns.filter(({ name, transformer: { outputs } }) => {
    const places = outputs.map((_, output) => offset + output);
    offset += outputs.length;
    if (!places.some(isUsed)) {
      roles.set(name, { ...(roles.get(name) ?? { name, type: 'numeric' }), role: 'dropped', reason: whyLeftOut(gone.get(places[0]), all) });
      return false;
    }
    places.forEach((place) => (moved[place] = next++));
    return true;
  });
  const keptProducts = parts.products.filter((_, p) => {
    const kept = !gone.has(width + p);
    moved[width + p] = kept ? next++ : -1;
    return kept;
  });
  return {
    ...parts,
    columns,
    products: keptProducts.map((product) => product.map((place) => moved[place])),
    leftOut: parts.leftOut.flatMap(({ feature, with: twin, correlation }): LeftOut[] => moved[feature] < 0
      ? []
      : [{ feature: moved[feature], ...(twin === undefined ? {} : { with: moved[twin] }), ...(correlation === undefined ? {} : { correlation }) }]),
  };
}

function whyLeftOut(feature: LeftOut | undefined, all: RowFeatures): string {
  return feature?.with === undefined
    ? 'left out: the same value in every training row'
    : `left out: goes with ${all.nameOf(feature.with)} (correlation ${shortNumber(feature.correlation ?? 1)})`;
}

/** The other features, moved together in the same memory. */
function keepFeatures(matrix: Matrix, leftOut: readonly LeftOut[]): Matrix {
  if (leftOut.length === 0) {
    return matrix;
  }
  const gone = new Set(leftOut.map(({ feature }) => feature));
  const kept = Array.from({ length: matrix.columns }, (_, j) => j).filter((j) => !gone.has(j));
  const { rows, columns, values } = matrix;
  for (let row = 0, at = 0; row < rows; row++) {
    for (const j of kept) {
      values[at++] = values[row * columns + j];
    }
  }
  return { rows, columns: kept.length, values: values.subarray(0, rows * kept.length) };
}

/** What to say when no column can become a feature. */
export function nothingLeft(columns: readonly Pick<ColumnState, 'name' | 'role' | 'reason'>[]): UserError {
  const dropped = columns.filter(({ role }) => role === 'dropped');
  return dropped.length === 0
    ? new UserError('No column is left to learn from: all but the target are excluded; exclude fewer.')
    : new UserError(
      `No column is left to learn from: ${quotedList(dropped.map(({ name }) => name))} can't be used (${dropped[0].name}: ${dropped[0].reason ?? ''}); exclude fewer columns or change their types.`,
    );
}
