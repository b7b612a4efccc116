import type { PreflightIssue, RunEstimate } from '../../schema/preflight';
import type { LabelledMend } from '../../schema/profile';
import { requireAlgorithm } from '../checkExperiment';
import type { EarlierRuns } from './earlierRuns';
import type { RunShape } from './estimate';
import { aboutBytes, aboutTime, comparedBytes, estimateRun } from './estimate';
import type { Machine } from './machine';

/** A run that takes longer is asked about. */
const longSeconds = 600;
/** What a sample may take. */
const sampleSeconds = 120;
/** Above this share of the free memory a run may make the machine slow. */
const tightShare = 0.8;
/** Features for each row from which a matrix is mostly noise, and how many features that takes. */
const wideShare = 1;
const manyFeatures = 500;
const sampleSizes = [1_000_000, 500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000] as const;

/** What the size of the training says: too much memory, too long a time, more features than rows. */
export function sizeIssues(shape: RunShape, estimate: RunEstimate | null, machine: Machine, earlier: EarlierRuns): PreflightIssue[] {
  return estimate === null ? [] : [...costIssues(shape, estimate, machine, earlier), ...widthIssues(shape)];
}

function costIssues(shape: RunShape, { seconds, bytes, availableBytes }: RunEstimate, machine: Machine, earlier: EarlierRuns): PreflightIssue[] {
  const { label } = requireAlgorithm(shape.experiment.algorithm).declaration;
  const sample = fittingSample(shape, machine, earlier);
  const mends: LabelledMend[] = sample === undefined ? [] : [{
    label: `Use a sample of ${sample.rows.toLocaleString('en-US')} rows`, change: { kind: 'set', path: ['data', 'sampleRows'], value: sample.rows },
  }];
  const offer = sample === undefined ? 'use fewer rows or columns, or a simpler model' : `a sample of ${sample.rows.toLocaleString('en-US')} rows takes ${aboutTime(sample.estimate.seconds)} and ${aboutBytes(sample.estimate.bytes)}`;
  const [needed, free] = comparedBytes(bytes, availableBytes);
  const rows = `${shape.rows.train.toLocaleString('en-US')} training rows`;
  if (bytes > availableBytes) {
    return [{
      code: 'memory', severity: 'error', path: ['data', 'sampleRows'], mends,
      message: `${label} on ${rows} with ${shape.features.toLocaleString('en-US')} features needs ${needed} of memory, but only ${free} are free; ${offer}.`,
    }];
  }
  return [
    ...(seconds > longSeconds
      ? [{
        code: 'time', severity: 'warning' as const, path: ['data', 'sampleRows'], mends,
        message: `${label} on ${rows} takes ${aboutTime(seconds)} here; ${offer}.`,
      }]
      : []),
    ...(bytes > tightShare * availableBytes
      ? [{
        code: 'memory', severity: 'warning' as const, path: ['data', 'sampleRows'], mends,
        message: `The run needs ${needed} of the ${free} of memory that are free; other programs may become slow.`,
      }]
      : []),
  ];
}

/** The largest sample that is done soon and fits into memory. */
function fittingSample(shape: RunShape, machine: Machine, earlier: EarlierRuns): { rows: number; estimate: RunEstimate } | undefined {
  for (const rows of sampleSizes) {
    const share = rows / shape.rows.used;
    if (share < 0.9) {
      const sampled = { ...shape, rows: { ...shape.rows, used: rows, train: Math.floor(shape.rows.train * share), test: Math.ceil(shape.rows.test * share) } };
      const estimate = estimateRun(sampled, machine, earlier);
      if (estimate !== null && estimate.seconds <= sampleSeconds && estimate.bytes <= tightShare * estimate.availableBytes) {
        return { rows, estimate };
      }
    }
  }
  return undefined;
}

function widthIssues({ rows, features }: RunShape): PreflightIssue[] {
  return features < manyFeatures || features < wideShare * rows.train ? [] : [{
    code: 'wideMatrix', severity: 'warning',
    message: `The training rows have more features (${features.toLocaleString('en-US')}) than there are rows (${rows.train.toLocaleString('en-US')}), so that chance agreements look like rules; exclude columns, or encode categories as codes.`,
    mends: [],
  }];
}
