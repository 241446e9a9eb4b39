import { createInterface } from 'node:readline';
import { doJob, type Job } from './vantage-jobs.js';

/**
 * The process that looks at the lab from the vantage. Standard input: `{"id": 1, "job": {…}}` a line; standard output:
 * `{"id": 1, "result": …}` or `{"id": 1, "error": "…"}`. It ends when standard input does.
 */
const say = (word: object): void => void process.stdout.write(`${JSON.stringify(word)}\n`);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { id, job } = JSON.parse(line) as { id: number; job: Job };
  doJob(job).then(
    (result) => say({ id, result }),
    (error: unknown) => say({ id, error: String(error) }),
  );
});
lines.on('close', () => process.stdin.destroy());
process.stdout.on('error', () => lines.close());
