import { systemClock } from '../../host/clock.js';
import { carryTraffic, type TrafficConfig } from './traffic.js';
import { followOrders } from './vantage-orders.js';

followOrders<TrafficConfig>((config, startMs, say, signals) =>
  carryTraffic(config, startMs, systemClock, say, signals),
);
