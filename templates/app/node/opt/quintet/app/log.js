'use strict';

/** One JSON object a line on standard output; systemd's journal keeps them. */
exports.log = (level, message, fields) => {
  const line = Object.assign({ time: new Date().toISOString(), level, message }, fields);
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
