import { systemClock } from '../../host/clock.js';
import { run } from '../../host/command.js';
import { type ProberConfig, probe } from './prober.js';
import { followOrders } from './vantage-orders.js';

/**
 * Five machines may be busy beside the prober, and it must send when a probe is due. A nice value does not see to that:
 * Linux shares the processor among sessions first (autogroups, sched(7)), and every machine has many. Real-time scheduling
 * does; where it is refused (not root, no Linux) the prober says how late it was. Only now that it is ready to begin:
 * starting up is work enough to hold up a machine.
 */
await run(['chrt', '--all-tasks', '--rr', '--pid', '1', String(process.pid)]).catch(() => undefined);

followOrders<ProberConfig>((config, startMs, say, signals) => probe(config, startMs, systemClock, say, signals));
