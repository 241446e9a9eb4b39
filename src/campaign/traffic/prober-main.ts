import { systemClock } from '../../host/clock.js';
import { type ProberConfig, probe } from './prober.js';
import { followOrders } from './vantage-orders.js';

followOrders<ProberConfig>((config, startMs, say, signals) => probe(config, startMs, systemClock, say, signals));
