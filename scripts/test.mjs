/**
 * npm test [-- STAGE…]: installs and builds what the tests need, runs the stages (all of them when none is named), shows what
 * fails, and ends with "N passed, N failed". Lint and each type check count as one test.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build, ensureInstalled, pack, root, runMain } from './project.mjs';

const results = path.join(root, 'out', 'testResults.json');

const mocha = (config) => ['node_modules/mocha/bin/mocha.js', '--config', config, '--reporter', 'test/countingReporter.js'];
const typeCheck = (project) => () => asOneTest(['node_modules/typescript/bin/tsc', '--noEmit', '-p', project]);

/** Each step of a stage returns what it counted. `needs` names what must have been built before. */
const stages = {
  lint: { steps: [() => asOneTest(['node_modules/eslint/bin/eslint.js', '.'])] },
  types: { steps: ['.', 'src/webviews', 'test/ui'].map(typeCheck) },
  // Networks have a process of their own: ONNX Runtime makes its thread take the tiniest numbers for zero, which would fail tests of exact reading.
  unit: { needs: 'build', steps: ['unit', 'networks'].map((name) => () => counting(mocha(`test/${name}.mocharc.json`))) },
  extension: { needs: 'build', steps: [() => counting(['--import', 'tsx', 'test/extension/runTests.ts'])] },
  ui: { needs: 'package', steps: [() => counting(mocha('test/ui/mocharc.json'))] },
};

function main() {
  const names = process.argv.slice(2).length === 0 ? Object.keys(stages) : process.argv.slice(2);
  const unknown = names.filter((name) => stages[name] === undefined);
  if (unknown.length > 0) {
    console.error(`There is no stage "${unknown.join('", "')}". Stages: ${Object.keys(stages).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  ensureInstalled();
  mkdirSync(path.dirname(results), { recursive: true });
  const total = { passed: 0, failed: 0 };
  const ready = prepare(names);
  for (const name of names) {
    const counted = runStage(name, ready);
    total.passed += counted.passed;
    total.failed += counted.failed;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

/** Builds what the stages need, and says which of it is there then. What ships is what is tested: the production build. */
function prepare(names) {
  const needs = new Set(names.map((name) => stages[name].needs));
  const ready = new Set([undefined]);
  if (!needs.has('build') && !needs.has('package')) {
    return ready;
  }
  console.log('== build');
  try {
    build('--production', '--tests');
    ready.add('build');
    if (needs.has('package')) {
      pack();
      ready.add('package');
    }
  } catch (error) {
    console.error(error.message);
  }
  return ready;
}

function runStage(name, ready) {
  const { needs, steps } = stages[name];
  console.log(`\n== ${name}`);
  if (!ready.has(needs)) {
    console.log(`Not run, because the ${needs} failed.`);
    return { passed: 0, failed: 1 };
  }
  const started = Date.now();
  const counted = steps.map((step) => step());
  const sum = (key) => counted.reduce((total, each) => total + each[key], 0);
  const [passed, failed] = [sum('passed'), sum('failed')];
  console.log(`-- ${name}: ${passed} passed, ${failed} failed (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  return { passed, failed };
}

function asOneTest(args) {
  return runQuietly(args) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs tests that leave their counts in a file; tests that did not get to their end count as one more failure. */
function counting(args) {
  rmSync(results, { force: true });
  const status = runQuietly(args);
  if (!existsSync(results)) {
    console.log('The tests did not get to their end.');
    return { passed: 0, failed: 1 };
  }
  const { passed, failed, skipped } = JSON.parse(readFileSync(results, 'utf8'));
  if (skipped.length > 0) {
    console.log(`Skipped, for the reasons given above: ${skipped.join('; ')}`);
  }
  if (passed + failed === 0) {
    console.log('No test ran.');
    return { passed, failed: 1 };
  }
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed };
}

function runQuietly(args) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', TRAINYARD_TEST_RESULTS: results },
  });
  return status;
}

runMain(main);
