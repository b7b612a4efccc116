import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { describeSplit, describeValidation } from '../../schema/describeDivision';
import { hyperparameterText } from '../../schema/hyperparameters';
import type { Experiment } from '../../schema/experiment';
import type { ResultsState } from '../../schema/messages';
import type { RunStep } from '../../schema/run';
import { runSteps } from '../../schema/runLayout';
import { countOf, formatBytes, formatCount, formatDuration, formatMoment, formatShare, joinWords } from '../shared/format';

interface Fact {
  readonly label: string;
  readonly value: string;
  /** The whole value, where `value` is shortened. */
  readonly full?: string;
  readonly mono?: boolean;
}

/** Everything that someone needs to repeat the run, or to doubt it. */
export function runFacts(state: ResultsState): TemplateResult {
  return html`<div class="fact-groups">
    ${group('Data', dataFacts(state))}
    ${group('Settings', settingFacts(state))}
    ${group('Run', processFacts(state))}
    ${group('Time', timeFacts(state), 'row')}
  </div>`;
}

function group(title: string, facts: readonly Fact[], layout = ''): TemplateResult | typeof nothing {
  return facts.length === 0 ? nothing : html`<section class="fact-group ${layout}">
    <h3>${title}</h3>
    <dl>
      ${facts.map(({ label, value, full, mono }) => html`<div class="fact"><dt class="muted">${label}</dt><dd class=${mono === true ? 'mono' : ''} title=${full ?? ''} data-fact=${label}>${value}</dd></div>`)}
    </dl>
  </section>`;
}

function dataFacts({ run, evaluation }: ResultsState): Fact[] {
  const { data, experiment } = run;
  const rows = evaluation?.rows;
  return [
    { label: 'File', value: experiment.data.path },
    ...(data === undefined
      ? []
      : [
          { label: 'Size', value: `${formatBytes(data.bytes)}, ${countOf(data.rows, 'row')}, ${countOf(data.columns, 'column')}` },
          { label: 'SHA-256', value: data.sha256.slice(0, 12), full: data.sha256, mono: true },
        ]),
    ...(rows === undefined
      ? []
      : [
          { label: 'Rows', value: `${formatCount(rows.train)} to train, ${formatCount(rows.test)} to test` },
          ...(rows.sampledFrom === undefined ? [] : [{ label: 'Sample', value: `of ${countOf(rows.sampledFrom, 'row')}` }]),
          ...(rows.missingTarget > 0 ? [{ label: 'Left out', value: `${countOf(rows.missingTarget, 'row')} without a target` }] : []),
        ]),
    { label: 'Excluded', value: experiment.features.exclude.length === 0 ? 'no column' : joinWords(experiment.features.exclude) },
  ];
}

function settingFacts({ run, algorithmLabel }: ResultsState): Fact[] {
  const { experiment } = run;
  return [
    { label: 'Algorithm', value: algorithmLabel },
    ...Object.entries(experiment.hyperparameters).map(([name, value]) => ({ label: name, value: hyperparameterText(value), mono: true })),
    { label: 'Split', value: `${describeSplit(experiment.split)}, ${formatShare(experiment.split.testSize)} held back` },
    { label: 'Cross-validation', value: describeValidation(experiment.validation) },
    { label: 'Numbers', value: numbersPrepared(experiment) },
    { label: 'Categories', value: `missing: ${experiment.prepare.categorical.impute}; encoding: ${experiment.prepare.categorical.encode}` },
    { label: 'Seed', value: String(experiment.seed), mono: true },
  ];
}

function numbersPrepared({ prepare: { numeric } }: Experiment): string {
  const constant = numeric.impute === 'constant' ? ` (${numeric.fillValue})` : '';
  return `missing: ${numeric.impute}${constant}; scaling: ${numeric.scale}`;
}

function processFacts({ run }: ResultsState): Fact[] {
  const { git, versions } = run;
  return [
    { label: 'Run', value: run.id, mono: true },
    ...(run.experimentPath === undefined ? [] : [{ label: 'Experiment', value: run.experimentPath }]),
    { label: 'Started', value: formatMoment(run.startedAt), full: run.startedAt },
    { label: 'Trainyard', value: versions.trainyard },
    { label: 'Node', value: `${versions.node}, ${versions.platform}` },
    ...(git === undefined
      ? []
      : [{ label: 'Git', value: `${git.commit.slice(0, 10)}${git.branch === undefined ? '' : ` on ${git.branch}`}${git.dirty ? ', with uncommitted changes' : ''}`, full: git.commit, mono: true }]),
  ];
}

const stepNames: Readonly<Record<RunStep, string>> = {
  read: 'Read', profile: 'Profile', split: 'Split', prepare: 'Prepare', fit: 'Fit', evaluate: 'Evaluate', explain: 'Explain', write: 'Write',
};

function timeFacts({ run: { seconds } }: ResultsState): Fact[] {
  const known = runSteps.filter((step) => seconds[step] !== undefined).map((step) => [stepNames[step], seconds[step]] as const);
  const total = seconds['total'];
  return [...known, ...(total === undefined ? [] : [['Total', total] as const])].map(([label, value]) => ({
    label, value: formatDuration(value ?? 0), full: `${value} s`,
  }));
}
