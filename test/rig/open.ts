import { spawn } from 'node:child_process';
import { installRig } from './install';
import { repositoryRoot } from './paths';
import { VsCodeServer } from './server';

/** Serves the rig's VS Code, with the extension of this repository, to a person's browser until Ctrl+C. */
async function main(workspace: string): Promise<void> {
  const server = await VsCodeServer.start(installRig(), { extensionFolder: repositoryRoot });
  const url = server.windowUrl(workspace);
  console.log(`Trainyard runs in VS Code at\n\n  ${url}\n\nStop it with Ctrl+C.`);
  if (process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined) {
    // A machine without xdg-open has the address on its screen.
    spawn('xdg-open', [url], { stdio: 'ignore', detached: true }).on('error', () => undefined).unref();
  }
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await server.stop();
}

const [workspace] = process.argv.slice(2);
if (workspace === undefined) {
  throw new Error('Needs the folder to open.');
}
main(workspace).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
