import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import createIgnore, { type Ignore } from 'ignore';

/**
 * Which files git ignores: `.gitignore` files of every folder from the repository's root down, and `.git/info/exclude`.
 *
 * Read without git, so that it works where git isn't installed, in folders that aren't repositories, and without waiting
 * for the Git extension. A user's global ignore file is not looked at.
 *
 * The patterns of nested files are rewritten as if they stood in the root's file, after the root's own: that gives deeper
 * files precedence, and leaves the rule that nothing below an ignored folder can be brought back to the `ignore` package.
 */
export class GitIgnore {
  private readonly rules = new Map<string, Promise<Ignore>>();
  private readonly folders = new Map<string, Promise<boolean>>();
  private readonly top: Promise<string>;

  /** @param root absolute folder; ignore files above it count up to the root of its repository. */
  constructor(root: string) {
    this.top = repositoryRoot(root);
  }

  /** @param file absolute path of a file below the root. */
  async ignores(file: string): Promise<boolean> {
    const top = await this.top;
    const relative = path.relative(top, file).split(path.sep).join('/');
    if (relative === '' || relative.startsWith('../')) {
      return false;
    }
    const folder = path.posix.dirname(relative);
    return (await this.ignoresFolder(folder)) || (await this.rulesFor(folder)).ignores(relative);
  }

  /** Each folder is judged once: of an ignored one neither the files nor the ignore files in it are looked at. */
  private ignoresFolder(folder: string): Promise<boolean> {
    let ignored = this.folders.get(folder);
    if (ignored === undefined) {
      ignored = this.judgeFolder(folder);
      this.folders.set(folder, ignored);
    }
    return ignored;
  }

  private async judgeFolder(folder: string): Promise<boolean> {
    if (folder === '.') {
      return false;
    }
    const parent = path.posix.dirname(folder);
    return (await this.ignoresFolder(parent)) || (await this.rulesFor(parent)).ignores(`${folder}/`);
  }

  /** The rules that hold in a folder, given relative to the top. */
  private rulesFor(folder: string): Promise<Ignore> {
    let rules = this.rules.get(folder);
    if (rules === undefined) {
      rules = this.readRules(folder);
      this.rules.set(folder, rules);
    }
    return rules;
  }

  private async readRules(folder: string): Promise<Ignore> {
    const top = await this.top;
    const isTop = folder === '.';
    const inherited = isTop ? undefined : await this.rulesFor(path.posix.dirname(folder));
    const own = await readIfThere(path.join(top, folder, '.gitignore'));
    if (inherited !== undefined && own === undefined) {
      return inherited;
    }
    const rules = createIgnore();
    if (inherited === undefined) {
      rules.add((await readIfThere(path.join(top, '.git', 'info', 'exclude'))) ?? '');
    } else {
      rules.add(inherited);
    }
    return rules.add(isTop ? (own ?? '') : rebase(own ?? '', folder));
  }
}

/** Rewrites the patterns of a folder's ignore file so that they mean the same in the file of the top folder. */
function rebase(text: string, folder: string): string {
  const prefix = `/${folder.replace(/[\\*?[\]! #]/g, '\\$&')}`;
  return text
    .split(/\r?\n/)
    .map((line) => {
      if (line.trim() === '' || line.startsWith('#')) {
        return '';
      }
      const negation = line.startsWith('!') ? '!' : '';
      const pattern = line.slice(negation.length);
      // A slash at the start or within ties a pattern to its folder; without one it matches at any depth below.
      const isTied = /\/./.test(pattern.trimEnd());
      return `${negation}${prefix}/${isTied ? pattern.replace(/^\//, '') : `**/${pattern}`}`;
    })
    .join('\n');
}

/** The nearest folder upwards that holds `.git`; the folder itself outside of repositories. */
async function repositoryRoot(folder: string): Promise<string> {
  for (let candidate = folder; ; candidate = path.dirname(candidate)) {
    if (await exists(path.join(candidate, '.git'))) {
      return candidate;
    }
    if (path.dirname(candidate) === candidate) {
      return folder;
    }
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

/** The text of an ignore file; one that can't be read (missing, a folder, no permission) ignores nothing, as with git. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
