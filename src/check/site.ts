import type { Plan } from '../model/plan.js';
import { type EntryContract, forEntry } from '../model/site.js';
import type { Answer, EntryFacts, Handshake, NoAnswer, SiteFacts, TlsVersion } from './facts.js';
import { fail, failBy, type Judgement, pass, unknown } from './judgement.js';

type SiteJudge = (facts: SiteFacts, plan: Plan) => Judgement;

const answered = (answer: Answer | NoAnswer): answer is Answer => 'status' in answer;
const said = (answer: Answer | NoAnswer): string => (answered(answer) ? `status ${answer.status}` : answer.problem);
const machinesWith = (plan: Plan, role: string): string[] =>
  plan.machines.filter((machine) => machine.roles.some((own) => own === role)).map((machine) => machine.name);

const modern = (handshake: Handshake): boolean => handshake.version === 'TLSv1.2' || handshake.version === 'TLSv1.3';

/** The chain leads to the lab's authority and the certificate bears each of the site's names. */
export const judgeChain: SiteJudge = ({ handshakes }) => {
  const made = handshakes.filter((each) => modern(each) && each.accepted);
  if (made.length === 0) {
    const late = handshakes.some(({ problem }) => problem === 'ETIMEDOUT') ? 'ETIMEDOUT' : '';
    return failBy(late, 'no TLS connection could be made to the VIP', handshakes.map(handshakeLine));
  }
  const bad = made.filter((each) => !each.verified);
  if (bad.length > 0) return fail(bad.map((each) => `${each.serverName}: ${each.problem}`).join('; '));
  const names = [...new Set(made.map((each) => each.serverName))];
  return pass(`valid for ${names.join(' and ')}`, made.map(handshakeLine));
};

/** The server said no: the only proof of a refusal. A time-out, or a client that can't offer the version, proves nothing. */
const refusals = /ALERT|UNSUPPORTED_PROTOCOL|WRONG_VERSION|ECONNRESET|SSL_HANDSHAKE_FAILURE/;

export const judgeVersions: SiteJudge = ({ handshakes }) => {
  const of = (version: TlsVersion) => handshakes.filter((each) => each.version === version);
  const evidence = handshakes.map(handshakeLine);
  const missing = (['TLSv1.2', 'TLSv1.3'] as const).filter((version) => !of(version).some((each) => each.accepted));
  if (missing.length > 0) {
    const late = missing.flatMap(of).every(({ accepted, problem }) => accepted || problem === 'ETIMEDOUT');
    return failBy(late ? 'ETIMEDOUT' : '', `${missing.join(' and ')} not accepted`, evidence);
  }
  const old = (['TLSv1', 'TLSv1.1'] as const).flatMap(of);
  const accepted = old.filter((each) => each.accepted);
  if (accepted.length > 0) return fail(`${accepted.map((each) => each.version).join(' and ')} accepted`, evidence);
  const unclear = old.filter((each) => !refusals.test(each.problem ?? ''));
  if (old.length === 0 || unclear.length > 0) return unknown('whether old TLS is refused could not be seen', evidence);
  return pass('1.2 and 1.3 accepted, 1.0 and 1.1 refused', evidence);
};

const handshakeLine = (each: Handshake): string =>
  `${each.version} for ${each.serverName}: ${each.accepted ? `accepted, ${each.cipher ?? ''}` : `refused, ${each.problem ?? ''}`}`;

const oneYearS = 31_536_000;

export const judgeHsts: SiteJudge = ({ home }) => {
  if (!answered(home)) return failBy(home.problem, `no answer: ${home.problem}`);
  const header = home.headers['strict-transport-security'];
  const ageS = Number(/max-age=(\d+)/.exec(header ?? '')?.[1] ?? 0);
  return ageS >= oneYearS ? pass(header ?? '') : fail(header === undefined ? 'no such header' : `too short: ${header}`);
};

export const judgeRedirect: SiteJudge = ({ redirect }) => {
  if (!answered(redirect)) return failBy(redirect.problem, `no answer: ${redirect.problem}`);
  const location = redirect.headers.location ?? '';
  const moved = [301, 302, 307, 308].includes(redirect.status) && location.startsWith('https://');
  return moved ? pass(`${redirect.status} to ${location}`) : fail(`${said(redirect)}, location ${location || 'none'}`);
};

export const judgeStatic: SiteJudge = ({ home }, plan) => {
  if (!answered(home)) return failBy(home.problem, `no answer: ${home.problem}`);
  if (home.status !== 200) return fail(said(home));
  const { contains } = plan.site.static;
  if (!home.body.includes(contains)) return fail(`the page does not say ${contains}`);
  const app = home.headers['x-app-machine'];
  if (app !== undefined) return fail(`served by the application on ${app}`);
  const web = home.headers['x-web-machine'];
  return web !== undefined && machinesWith(plan, 'web').includes(web)
    ? pass(`served by ${web} itself`)
    : fail(`the header X-Web-Machine names no web server: ${web ?? 'absent'}`);
};

/** The application answers, and what is written through the site comes back through it; writing it again changes nothing. */
export const judgeDynamic: SiteJudge = ({ health, entry }, plan) => {
  const { dynamic, entries } = plan.site;
  const of = entry && { written: entry.written, 'written again': entry.writtenAgain, 'read back': entry.found };
  const evidence = Object.entries({ [dynamic.path]: health, ...of }).map(
    ([name, answer]) => `${name}: ${said(answer)}`,
  );
  if (!answered(health) || health.status !== 200 || !health.body.includes(dynamic.contains))
    return failBy(said(health), `the application is not well: ${said(health)}`, evidence);
  const wrong = entry && entries && wrongWith(entry, entries);
  if (wrong !== undefined) return failBy(said(wrong.answer), wrong.detail, evidence);
  const app = health.headers['x-app-machine'];
  if (app === undefined || !machinesWith(plan, 'app').includes(app))
    return fail(`the header X-App-Machine names no application server: ${app ?? 'absent'}`, evidence);
  return entries === undefined
    ? pass(`answered by ${app}; the application writes nothing`, evidence)
    : pass(`written and read back through ${app}`, evidence);
};

interface Wrong {
  readonly answer: Answer | NoAnswer;
  readonly detail: string;
}

const wrongWith = (entry: EntryFacts, { write, read }: EntryContract): Wrong | undefined => {
  const { id, written, writtenAgain, found } = entry;
  const taken = (answer: Answer | NoAnswer, status?: number): boolean =>
    answered(answer) &&
    (status === undefined ? answer.status >= 200 && answer.status < 300 : answer.status === status) &&
    answer.body.includes(forEntry(write.acknowledged, id));
  if (!taken(written, write.statuses?.created))
    return { answer: written, detail: `an entry was not created: ${said(written)}` };
  if (!taken(writtenAgain, write.statuses?.again))
    return { answer: writtenAgain, detail: `the same entry again was not taken: ${said(writtenAgain)}` };
  if (!answered(found) || found.status !== 200 || !found.body.includes(forEntry(read.seen, id)))
    return { answer: found, detail: `the entry was not read back: ${said(found)}` };
  return undefined;
};

export const judgeCarrier: SiteJudge = ({ home }, plan) => {
  if (!answered(home)) return failBy(home.problem, `no answer: ${home.problem}`);
  const name = home.headers['x-load-balancer'];
  const known = machinesWith(plan, 'load-balancer');
  return name !== undefined && known.includes(name)
    ? pass(`carried by ${name}`)
    : fail(`the header X-Load-Balancer names none of ${known.join(', ')}: ${name ?? 'absent'}`);
};
