import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ComparedRun } from '../../schema/messages';
import { joinWords, noValue } from '../shared/format';
import { describeSplit, describeValidation } from '../../schema/describeDivision';
import { runTitles } from './comparedRuns';

/** One setting across the runs; undefined where a run doesn't have it. */
export interface SettingRow {
  readonly group: string;
  readonly name: string;
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

/** Every setting that any of the runs has, group by group. */
export function settingRows(runs: readonly ComparedRun[]): readonly SettingRow[] {
  const perRun = runs.map((run) => new Map(settings(run).map(([group, name, value]) => [`${group}\n${name}`, value])));
  const keys = [...new Set(perRun.flatMap((map) => [...map.keys()]))];
  const groups = [...new Set(keys.map((key) => key.split('\n')[0] ?? ''))];
  return groups.flatMap((group) => keys.filter((key) => key.startsWith(`${group}\n`)).map((key) => {
    const values = perRun.map((map) => map.get(key));
    return { group, name: key.slice(group.length + 1), values, differs: new Set(values).size > 1 };
  }));
}

function settings({ run, algorithmLabel }: ComparedRun): readonly (readonly [group: string, name: string, value: string])[] {
  const { experiment, data } = run;
  const { prepare, split, validation, features } = experiment;
  const flat = (group: string, object: object): [string, string, string][] => Object.entries(object).map(([name, value]) => [group, name, value === null ? 'none' : String(value)]);
  return [
    ['Algorithm', 'algorithm', algorithmLabel],
    ...flat('Hyper-parameters', experiment.hyperparameters),
    ...flat('Preparation of numbers', prepare.numeric),
    ...flat('Preparation of categories', prepare.categorical),
    ['Features', 'excluded', features.exclude.length === 0 ? 'none' : joinWords([...features.exclude].sort())],
    ['Features', 'types', Object.entries(features.types).map(([name, type]) => `${name}: ${type}`).sort().join(', ') || 'as found'],
    ['Split and validation', 'split', describeSplit(split)],
    ['Split and validation', 'testSize', String(split.testSize)],
    ['Split and validation', 'validation', describeValidation(validation)],
    ['Split and validation', 'seed', String(experiment.seed)],
    ['Data', 'path', experiment.data.path],
    ['Data', 'target', experiment.target],
    ...(data === undefined ? [] : [['Data', 'SHA-256', data.sha256.slice(0, 12)] as const, ['Data', 'rows', String(data.rows)] as const]),
    ['Version', 'Trainyard', run.versions.trainyard],
    ...(run.git === undefined ? [] : [['Version', 'git commit', `${run.git.commit.slice(0, 10)}${run.git.dirty ? ', changed' : ''}`] as const]),
  ];
}

/** What the runs were told to do, side by side. */
export function settingComparison(runs: readonly ComparedRun[], onlyDiffering: boolean): TemplateResult {
  const rows = settingRows(runs).filter(({ differs }) => differs || !onlyDiffering);
  if (rows.length === 0) {
    return html`<p class="muted" data-settings="same">These runs have the same settings.</p>`;
  }
  const titles = runTitles(runs);
  const groups = [...new Set(rows.map(({ group }) => group))];
  return html`<div class="table-scroll comparison-scroll" tabindex="0" role="region" aria-label="Settings of the runs">
    <table class="comparison" data-table="settings">
      <thead><tr><th scope="col" class="corner"><span class="visually-hidden">Setting</span></th>${titles.map((title) => html`<th scope="col" class="run-head"><span class="run-detail ellipsis" title=${title}>${title}</span></th>`)}</tr></thead>
      ${groups.map((group) => html`<tbody>
        <tr class="group"><th scope="rowgroup" colspan=${runs.length + 1}>${group}</th></tr>
        ${rows.filter((row) => row.group === group).map(settingRow)}
      </tbody>`)}
    </table>
  </div>`;
}

function settingRow({ name, values, differs }: SettingRow): TemplateResult {
  return html`<tr data-setting=${name} class=${differs ? 'differs' : ''}>
    <th scope="row">${name}</th>
    ${values.map((value) => html`<td class=${value === undefined ? 'muted' : ''}>${value ?? noValue}</td>`)}
  </tr>`;
}
