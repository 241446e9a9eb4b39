'use strict';

const { readFileSync } = require('fs');
const { join } = require('path');

const wanted = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set (see /etc/quintet/app.env)`);
  return value;
};

/** systemd hands the password over as a file that only this service can read; it is in no environment and no argument. */
const passwordFile = () =>
  process.env.DATABASE_PASSWORD_FILE || join(wanted('CREDENTIALS_DIRECTORY'), 'database.password');

/** What this machine's copy of the application is told by its environment. */
exports.settings = () => ({
  machine: wanted('MACHINE'),
  address: wanted('LISTEN_ADDRESS'),
  port: Number(wanted('LISTEN_PORT')),
  database: {
    // The nearest first.
    hosts: wanted('DATABASE_HOST').split(' '),
    // Of a source and its replica one alone takes writes, and that one alone is asked.
    replicated: process.env.DATABASE_TOPOLOGY === 'replica',
    port: Number(wanted('DATABASE_PORT')),
    name: wanted('DATABASE_NAME'),
    user: wanted('DATABASE_USER'),
    password: readFileSync(passwordFile(), 'utf8').trim(),
    ca: readFileSync(wanted('DATABASE_CA')),
  },
});
