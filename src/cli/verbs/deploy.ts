import { takenInAgain } from '../../drive/taken-in-again.js';
import { InputError } from '../../model/errors.js';
import { ownRuntime } from '../../model/lab.js';
import { bringUp } from '../bring-up.js';
import type { RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';

/**
 * A new version of the user's own application, one application server after the other: whoever is not being changed serves
 * meanwhile. One that does not get well runs what it ran before, and the servers after it are left alone.
 */
export const deploy: RunVerb = async (context) => {
  const opened = await openLab(context);
  const { app, machines } = opened.plan;
  if (app.runtime !== ownRuntime) {
    throw new InputError('There is nothing to deploy: the lab runs the sample application.', {
      hint: 'app.runtime: own in lab.yaml is for an application of your own; quintet init --lab own-application has an example.',
    });
  }
  const provider = await providerOf(opened.site);
  for (const server of machines.filter(({ roles }) => roles.includes('app'))) {
    await bringUp(context, opened, [server.name]);
    context.say(`Waiting until every web server sends requests to ${server.name} again …`);
    await takenInAgain(opened.site, provider, server, context.signal);
  }
  return undefined;
};
