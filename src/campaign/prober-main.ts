import { setPriority } from 'node:os';
import { systemClock } from '../host/clock.js';
import { type ProberConfig, probe } from './prober.js';
import { followOrders } from './vantage-orders.js';

/** Five machines may be busy beside it. Only root may push ahead; without it the prober says how late it was. */
try {
  setPriority(-15);
} catch {}

followOrders<ProberConfig>((config, startMs, say, signals) => probe(config, startMs, systemClock, say, signals));
