/**
 * The command line. Progress goes to stderr, the answer to stdout; exit code 0 done, 1 the work failed, 2 wrong usage,
 * 130 cancelled.
 */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { algorithmsCommand } from './cli/algorithmsCommand';
import { cacheCommand } from './cli/cacheCommand';
import { preflightCommand } from './cli/preflightCommand';
import { exportCommand } from './cli/exportCommand';
import { predictCommand } from './cli/predictCommand';
import { profileCommand } from './cli/profileCommand';
import { resumeCommand } from './cli/resumeCommand';
import { reproduceCommand } from './cli/reproduceCommand';
import { compareCommand, listCommand } from './cli/runsCommands';
import { runCommand, trainCommand } from './cli/trainCommand';
import { UsageError } from './cli/usageError';
import { CancelledError, UserError } from './errors';
import { JobError } from './jobOwner';

const exitCodes = { done: 0, failed: 1, wrongUsage: 2, cancelled: 130 } as const;

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function buildProgram(): Command {
  const program = new Command('trainyard')
    .description('Trains, evaluates and explains models from CSV files, locally.')
    .version(version)
    .showHelpAfterError('(trainyard --help shows what there is)')
    .exitOverride();
  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description).option('--verbose', 'show stack traces');

  command('profile <data>', 'look at a data file: types, missing values, findings')
    .option('--delimiter <character>', 'the character between fields; found in the file by default')
    .option('--encoding <name>', 'how characters are written: utf-8, utf-16le, utf-16be, windows-1252 or latin-1; found in the file by default')
    .option('--json', 'print one JSON value')
    .action(profileCommand);
  command('train <data>', 'train a model on a data file')
    .requiredOption('--target <column>', 'the column to predict')
    .option('--task <task>', 'classification or regression; follows from the target by default')
    .option('--algorithm <id>', 'the algorithm (see: trainyard algorithms)')
    .option('--set <key=value>', 'a hyper-parameter, or a setting of the preparation (prepare.numeric.impute=knn, prepare.columns.NAME.encode=target); may be given again', collect, [])
    .option('--sample-rows <number>', 'learn from and test on so many rows at most, drawn by the seed')
    .option('--test-size <share>', 'share of rows held back for the test (default 0.2)')
    .option('--split <method>', 'how test rows are chosen: stratified, random, group or timeOrdered')
    .option('--group <column>', 'the column that names groups, which lie on one side of the split and of every fold')
    .option('--time <column>', 'the column that orders rows in time; the latest are tested')
    .option('--folds <k>', 'cross-validate on the training rows with so many folds')
    .option('--validation <method>', 'how folds are chosen: auto (as the split), kFold, stratified, group, stratifiedGroup or timeOrdered')
    .option('--repeats <n>', 'cut the rows into folds so many times')
    .option('--gap <rows>', 'rows left out between learning and testing in folds in time')
    .option('--seed <number>', 'seed of every random choice (default 42)')
    .option('--exclude <columns>', 'columns that the model must not see, with commas between')
    .option('--delimiter <character>', 'the character between fields; found in the file by default')
    .option('--encoding <name>', 'how characters are written: utf-8, utf-16le, utf-16be, windows-1252 or latin-1; found in the file by default')
    .option('--out <folder>', 'folder of runs (default trainyard/runs)')
    .option('--gpu <provider>', 'let networks use a GPU: auto, webgpu, directml or coreml (off by default)')
    .option('--json', 'print one JSON value')
    .action(trainCommand);
  command('run <experiment>', 'run an experiment file')
    .option('--out <folder>', 'folder of runs; trainyard/runs of the experiment\'s workspace by default')
    .option('--gpu <provider>', 'let networks use a GPU: auto, webgpu, directml or coreml (off by default)')
    .option('--json', 'print one JSON value')
    .action(runCommand);
  command('preflight <experiment>', 'say what an experiment would do and take, without running it')
    .option('--json', 'print one JSON value')
    .action(preflightCommand);
  command('reproduce <run>', 'run the same again and compare the results byte by byte')
    .option('--data <file>', 'the data file, when it has moved')
    .option('--json', 'print one JSON value')
    .action(reproduceCommand);
  command('resume <run>', 'go on with an unfinished network training from its last checkpoint')
    .option('--json', 'print one JSON value')
    .action(resumeCommand);
  command('list', 'list runs, newest first')
    .option('--out <folder>', 'folder of runs (default trainyard/runs)')
    .option('--json', 'print one JSON value')
    .action(listCommand);
  command('compare <runs...>', 'compare runs: what differs in settings and metrics')
    .option('--json', 'print one JSON value')
    .action(compareCommand);
  command('predict <run> <data>', 'apply a run\'s model to a data file')
    .requiredOption('--out <file>', 'the CSV file to write')
    .option('--json', 'print one JSON value')
    .action(predictCommand);
  command('cache', 'show where large data files are kept once read, and how much disk that takes')
    .option('--clear', 'remove them')
    .option('--json', 'print one JSON value')
    .action(cacheCommand);
  command('export <run>', 'write a run\'s network as an ONNX file, for prepared features')
    .requiredOption('--format <format>', 'onnx')
    .requiredOption('--out <file>', 'the file to write')
    .option('--json', 'print one JSON value')
    .action(exportCommand);
  command('algorithms', 'list the algorithms and their hyper-parameters')
    .option('--json', 'print one JSON value, with all hyper-parameters')
    .action(algorithmsCommand);
  return program;
}

/** @returns the exit code that an error means, having said it in one line. */
function fail(error: unknown, verbose: boolean): number {
  if (error instanceof CommanderError) {
    // Commander has printed help, version or its own message.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
  }
  const known = error instanceof UserError || error instanceof UsageError || error instanceof CancelledError || error instanceof JobError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${known ? message : `Something went wrong inside Trainyard: ${message}`}\n`);
  if (verbose && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  if (error instanceof CancelledError) {
    return exitCodes.cancelled;
  }
  return error instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed;
}

async function main(): Promise<void> {
  // Whoever reads the output may stop reading (`| head`); that is no reason to stop a run.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined);
  }
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    process.exitCode = fail(error, process.argv.includes('--verbose'));
  }
}

void main();
