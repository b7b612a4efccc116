import type { Experiment, ExperimentFile } from '../../schema/experiment';
import type { PreflightIssue } from '../../schema/preflight';
import type { Finding, Profile } from '../../schema/profile';
import type { NumberFormat } from '../data/cellText';
import { parseBoolean, parseNumber, plainNumbers } from '../data/cellText';
import { parseDateTime } from '../data/dateText';
import { leakageFinding } from '../data/findings';
import { mixedFolds } from '../warnings';
import type { DataFacts } from './dataFacts';

/** Findings that concern every model, whatever its target. */
const wholeFile: ReadonlySet<Finding['code']> = new Set(['raggedRows', 'invalidText']);

/** What the data's form and the way it is divided may do to the result. */
export function dataIssues(experiment: Experiment, { findings, leaks }: DataFacts): PreflightIssue[] {
  const excluded = new Set(experiment.features.exclude);
  return [
    ...findings.filter(({ code }) => wholeFile.has(code)).map(issueOf),
    ...leaks.filter((column) => !excluded.has(column)).map((column) => issueOf(leakageFinding(column, experiment.target))),
    ...timeIssues(experiment, findings),
    ...mixedFolds(experiment).map((message): PreflightIssue => ({
      code: 'mixedFolds', severity: 'warning', message, path: ['validation', 'method'],
      mends: [{ label: 'Fold as the split does', change: { kind: 'set', path: ['validation', 'method'], value: 'auto' } }],
    })),
  ];
}

function issueOf({ code, severity, message, meaning, column, mend }: Finding): PreflightIssue {
  return {
    code, severity, message, mends: mend === undefined ? [] : [mend],
    ...(meaning === undefined ? {} : { meaning }), ...(column === undefined ? {} : { column }),
  };
}

/** Rows in the order of a date, drawn at random for the test. */
function timeIssues({ split, target, features }: Experiment, findings: readonly Finding[]): PreflightIssue[] {
  const ordered = findings.find(({ code, column }) => code === 'orderedDates' && column !== undefined && column !== target && !features.exclude.includes(column));
  if (ordered?.column === undefined || (split.method !== 'random' && split.method !== 'stratified')) {
    return [];
  }
  return [{
    ...issueOf(ordered),
    message: `The rows are in the order of "${ordered.column}", but test rows are drawn from all over it; if the model is to look ahead, test it on the latest rows.`,
    path: ['split', 'method'],
    mends: [{ label: 'Test on the latest rows', change: { kind: 'set', path: ['split', 'method'], value: 'timeOrdered' } }],
  }];
}

/** Types that the file sets and that values of their column don't have; such a file can't be read. */
export function typeIssues({ features }: ExperimentFile, profile: Profile): PreflightIssue[] {
  const format: NumberFormat = plainNumbers;
  return Object.entries(features?.types ?? {}).flatMap(([name, type]): PreflightIssue[] => {
    const column = profile.columns.find((candidate) => candidate.name === name);
    if (column === undefined || column.type === type) {
      return [];
    }
    const fits = (text: string): boolean => {
      switch (type) {
        case 'numeric':
          return !Number.isNaN(parseNumber(text, format));
        case 'integer':
          return Number.isInteger(parseNumber(text, format));
        case 'boolean':
          return parseBoolean(text) !== undefined;
        case 'dateTime':
          return !Number.isNaN(parseDateTime(text, 'monthFirst')) || !Number.isNaN(parseDateTime(text, 'dayFirst'));
        case 'categorical':
        case 'text':
          return true;
      }
    };
    const isCoded = column.type === 'categorical' || column.type === 'text' || column.type === 'boolean';
    const known = isCoded ? (column.topValues ?? []).map(({ value }) => value) : column.type === 'numeric' && column.numeric !== undefined ? [String(column.numeric.minimum), String(column.numeric.maximum)] : [];
    const mixed = profile.findings.find((finding) => finding.code === 'mixedTypes' && finding.column === name);
    const misfit = known.find((text) => !fits(text));
    if (misfit === undefined && (mixed === undefined || (type !== 'numeric' && type !== 'integer'))) {
      return [];
    }
    const what = misfit === undefined ? 'holds values that are none' : `holds "${misfit.slice(0, 40)}"`;
    return [{
      code: 'misfitType', severity: 'error', column: name, path: ['features', 'types', name],
      message: `Column "${name}" is set to ${type}, but ${what}; choose another type for it or mend the value.`,
      mends: [...(mixed?.mend === undefined ? [] : [mixed.mend]), { label: `Read it as ${column.type}`, change: { kind: 'unset', path: ['features', 'types', name] } }],
    }];
  });
}
