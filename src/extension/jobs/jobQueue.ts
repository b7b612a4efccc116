import { EventEmitter } from 'node:events';
import type { Owned } from '../lifecycle';
import type { Job } from './job';

interface JobQueueEvents {
  /** A job was added. */
  added: [Job];
  /** Anything about a job has changed; its last change is its end. */
  changed: [Job];
}

/** The jobs of this window: those that run, at most so many at once, and those that wait, in the order they came. */
export class JobQueue extends EventEmitter<JobQueueEvents> {
  private readonly active = new Set<Job>();
  private readonly waiting: Job[] = [];

  /** @param maximumAtOnce asked whenever a place may be free, so that a changed setting counts at once. */
  constructor(private readonly maximumAtOnce: () => number) {
    super();
    this.setMaxListeners(0);
  }

  /** Tells of jobs until it is disposed. */
  listen({ added, changed }: { readonly added: (job: Job) => void; readonly changed: (job: Job) => void }): Owned {
    this.on('added', added);
    this.on('changed', changed);
    return {
      dispose: () => {
        this.off('added', added);
        this.off('changed', changed);
      },
    };
  }

  /** Running jobs first, then waiting ones in their order. */
  get jobs(): readonly Job[] {
    return [...this.active, ...this.waiting];
  }

  /** The job that writes this run folder, if it isn't over. */
  jobOfRun(runDir: string): Job | undefined {
    return this.jobs.find((job) => job.runDir === runDir);
  }

  /** The jobs of an experiment file, running ones first. */
  jobsOfExperiment(root: string, experimentPath: string): readonly Job[] {
    return this.jobs.filter(({ subject }) => subject.root === root && subject.experimentPath === experimentPath);
  }

  /** Adds a job that starts as soon as there is a place for it. */
  submit(job: Job): void {
    this.adopt(job);
    this.waiting.push(job);
    this.emit('added', job);
    this.startNext();
  }

  /** Adds a job whose process runs already: it takes a place, but never waits for one. */
  attach(job: Job): void {
    this.adopt(job);
    this.active.add(job);
    this.emit('added', job);
    void job.start();
  }

  /** Starts waiting jobs while there are places. */
  startNext(): void {
    while (this.active.size < Math.max(1, this.maximumAtOnce())) {
      const next = this.waiting.shift();
      if (next === undefined) {
        return;
      }
      this.active.add(next);
      void next.start();
    }
  }

  private adopt(job: Job): void {
    job.on('changed', () => this.emit('changed', job));
    void job.finished.then(() => {
      this.active.delete(job);
      const index = this.waiting.indexOf(job);
      if (index >= 0) {
        this.waiting.splice(index, 1);
      }
      // The job's own last event came while it was still listed.
      this.emit('changed', job);
      this.startNext();
    });
  }
}
