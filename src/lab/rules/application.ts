import { type Lab, ownRuntime } from '../../model/lab.js';
import type { LabRule } from '../lab-rule.js';

type OwnKey = Exclude<keyof Lab['app'], 'runtime'>;

/** What an application of one's own must say, and an example of each. */
const needed: Readonly<Partial<Record<OwnKey, string>>> = {
  source: 'the folder it lies in: source: app',
  command: 'what starts it: command: node server.js',
  health: 'where it is asked whether it is well: health: /health',
};

const all: readonly OwnKey[] = ['source', 'build', 'command', 'health', 'writes', 'packages'];

const ownIsWhole: LabRule = {
  reads: ['app'],
  check: ({ lab: { app } }) =>
    app.runtime !== ownRuntime
      ? []
      : Object.entries(needed)
          .filter(([key]) => app[key as OwnKey] === undefined)
          .map(([key, example]) => ({
            path: ['app'],
            at: 'key' as const,
            message: `app.${key} is missing, which an application of your own needs`,
            hint: `say under app: ${example}`,
          })),
};

const sampleHasNoneOfIt: LabRule = {
  reads: ['app'],
  check: ({ lab: { app } }) =>
    app.runtime === ownRuntime
      ? []
      : all
          .filter((key) => app[key] !== undefined)
          .map((key) => ({
            path: ['app', key],
            at: 'key' as const,
            message: `app.${key} is for an application of your own, and app.runtime is ${app.runtime}`,
            hint: 'set app.runtime to own, or leave it out.',
          })),
};

/** Folders of a lab that are Quintet's. */
const taken = ['machines', 'reports', 'scenarios'];

const sourceIsNotOurs: LabRule = {
  reads: ['app.source'],
  check: ({ lab: { app } }) =>
    app.source === undefined || !taken.includes(app.source.split('/')[0]?.toLowerCase() ?? '')
      ? []
      : [
          {
            path: ['app', 'source'],
            message: `${app.source} lies where Quintet has files of its own`,
            hint: 'choose another folder, such as app.',
          },
        ],
};

/** What the web server answers itself, whatever runs behind it. */
const served = ['/healthz', '/404.html', '/503.html', '/503.json', '/index.html', '/site.css', '/site.js'];

const pathsReachIt: LabRule = {
  reads: ['app.health', 'app.writes'],
  check: ({ lab: { app } }) =>
    app.health === undefined || !served.includes(app.health)
      ? []
      : [
          {
            path: ['app', 'health'],
            message: `${app.health} is answered by the web server itself: it says nothing about the application`,
            hint: 'choose another path, such as /health.',
          },
        ],
};

export const applicationRules: readonly LabRule[] = [ownIsWhole, sampleHasNoneOfIt, sourceIsNotOurs, pathsReachIt];
