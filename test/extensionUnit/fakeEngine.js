/**
 * An engine process as the client's tests need it: what it does is in the experiment's name. It speaks the same protocol as
 * the real one and writes the same files, but trains nothing.
 */
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { createMessageConnection, IPCMessageReader, IPCMessageWriter, ProgressType, ResponseError } = require('vscode-jsonrpc/node');

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));

connection.onRequest('trainyard/profile', async ({ file, progressToken }, token) => {
  const what = path.basename(file);
  if (what === 'crash') {
    process.stderr.write('TypeError: the sky fell\n    at somewhere\n');
    process.exit(7);
  }
  if (what === 'bad') {
    throw new ResponseError(1, 'The file is empty.');
  }
  if (what === 'progress') {
    for (const megabytes of [1, 2]) {
      await connection.sendProgress(new ProgressType(), progressToken, { fraction: megabytes / 4, message: `read ${megabytes} of 4 MB` });
    }
  }
  if (what === 'slow') {
    return new Promise((_resolve, reject) => {
      const cancel = () => {
        fs.writeFileSync(`${file}.cancelled`, '');
        reject(new ResponseError(2, 'Cancelled.'));
      };
      token.onCancellationRequested(cancel);
      // A request that was cancelled before it was read comes with a token that tells no more.
      if (token.isCancellationRequested) {
        cancel();
      }
    });
  }
  return { pid: process.pid, calls: (calls += 1) };
});
let calls = 0;

const stopped = new Set();
connection.onRequest('trainyard/stop', ({ runDir }) => {
  stopped.add(runDir);
  return null;
});

const tables = new Map();
connection.onRequest('trainyard/openTable', ({ file }) => {
  tables.set(tables.size + 1, file);
  return { id: tables.size };
});
connection.onRequest('trainyard/tableRows', ({ id, from = 0 }) => {
  const died = `${tables.get(id)}.died`;
  if (from === 666 && !fs.existsSync(died)) {
    fs.writeFileSync(died, '');
    process.exit(9);
  }
  return { rowCount: 1, from, lines: [2], cells: [[`of table ${id}`]] };
});
connection.onNotification('trainyard/closeTable', ({ id }) => fs.writeFileSync(`${tables.get(id)}.closed`, ''));

connection.onRequest('trainyard/train', async ({ runsFolder, name, experiment }, token) => {
  const runDir = path.join(runsFolder, '20260314T150926Z-a1b2');
  const record = { ...experiment.record, process: { pid: process.pid, host: require('node:os').hostname() } };
  const write = (changes) => fs.writeFileSync(path.join(runDir, 'run.json'), JSON.stringify({ ...record, ...changes }));
  const report = async (event) => {
    fs.appendFileSync(path.join(runDir, 'events.jsonl'), `${JSON.stringify(event)}\n`);
    if (process.connected) {
      await connection.sendNotification('trainyard/event', event);
    }
  };
  fs.mkdirSync(runDir, { recursive: true });
  write({});
  await connection.sendNotification('trainyard/runStarted', { runDir });
  await report({ kind: 'progress', time: 't', step: 'fit', fraction: 0.5, message: 'tree 50 of 100' });
  if (name === 'killed') {
    process.kill(process.pid, 'SIGKILL');
  }
  if (name === 'crashes') {
    process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n');
    process.abort();
  }
  if (name === 'refuses') {
    throw new ResponseError(1, 'The target has one class only.');
  }
  if (name === 'deaf') {
    await new Promise(() => undefined);
  }
  if (name === 'cancels' || name === 'long' || name === 'stops') {
    const asked = (name) => fs.existsSync(path.join(runDir, name));
    while (!token.isCancellationRequested && !asked('cancel.request') && !asked('finish')) {
      await delay(20);
      if (stopped.has(runDir) || asked('stop.request')) {
        fs.writeFileSync(path.join(runDir, 'finish'), '');
      }
    }
    if (!fs.existsSync(path.join(runDir, 'finish'))) {
      write({ state: 'cancelled', process: undefined });
      setTimeout(() => process.connected || process.exit(0), 50);
      throw new ResponseError(2, 'Cancelled.');
    }
  }
  write({ state: 'done', process: undefined, result: { metric: 'accuracy', value: 0.9, baseline: 0.5, metrics: {} } });
  setTimeout(() => process.connected || process.exit(0), 50);
  return { runDir };
});

process.on('disconnect', () => {
  if (!fs.existsSync(process.env.TRAINYARD_FAKE_STAY ?? '')) {
    process.exit(0);
  }
});
connection.listen();
