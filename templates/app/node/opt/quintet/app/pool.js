'use strict';

const mysql = require('./vendor/mysql2.cjs');

const pace = Number(process.env.PACE || 1);
const connectMs = 500 * pace;
const pingMs = 250 * pace;
/** A connection that has been idle for longer is asked whether it is still there before it is used. */
const freshMs = 500;

/** The database can't be reached, or was lost on the way: another try may succeed. */
class DatabaseGone extends Error {
  constructor(cause) {
    super(cause.message);
    this.code = cause.code || 'TIMEOUT';
  }
}

const timeOut = (what, ms) =>
  Object.assign(new Error(`${what} took more than ${ms} ms`), { code: 'TIMEOUT', fatal: true });

/** Settles as `promise` does, or rejects when `ms` are over. */
const within = (ms, what, promise) => {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(timeOut(what, ms)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** The server's own answer to a statement, over a connection that is fine (a duplicate key, a missing right). */
const isAnswer = (error) => Boolean(error.sqlState) && !error.fatal;

/** `connection.execute` and its like as promises. */
const call = (connection, method, ...words) =>
  new Promise((resolve, reject) => {
    connection[method](...words, (error, rows) => (error ? reject(error) : resolve(rows)));
  });

/**
 * A few connections that are kept open. Whoever asks for one has a budget of milliseconds for everything: waiting,
 * connecting and the statement. A connection that failed is thrown away, and all idle ones with it, since they most
 * likely share its fate: when the database is back, the next request finds it.
 */
class Pool {
  constructor(settings) {
    this.size = settings.size;
    this.replicated = settings.replicated;
    this.idle = [];
    this.count = 0;
    this.waiting = [];
    /** The last try failed; as long as it is so, one request at a time tries again. */
    this.gone = false;
    this.trying = false;
    this.closed = false;
    this.options = {
      host: settings.host,
      port: settings.port,
      database: settings.name,
      user: settings.user,
      password: settings.password,
      charset: 'utf8mb4',
      timezone: 'Z',
      connectTimeout: connectMs,
      // The certificate must come from the lab's authority and name the machine that was meant.
      ssl: { ca: settings.ca, minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true },
    };
  }

  /**
   * Runs a prepared statement. May run it twice when a connection is lost half-way: only for what may be repeated. While
   * the database is gone the requests that do not try say so at once instead of queueing up.
   */
  async execute(sql, values, budgetMs) {
    if (!this.gone) return this.attempt(sql, values, budgetMs);
    if (this.trying) throw new DatabaseGone(new Error('the last try failed, another one is under way'));
    this.trying = true;
    try {
      return await this.attempt(sql, values, budgetMs);
    } finally {
      this.trying = false;
    }
  }

  async attempt(sql, values, budgetMs) {
    try {
      const rows = await this.run(sql, values, budgetMs);
      this.gone = false;
      return rows;
    } catch (error) {
      this.gone = error instanceof DatabaseGone;
      throw error;
    }
  }

  async run(sql, values, budgetMs) {
    const until = Date.now() + budgetMs;
    for (;;) {
      const left = until - Date.now();
      const member = await this.take(left);
      try {
        const rows = await within(
          Math.max(1, until - Date.now()),
          'the statement',
          call(member.connection, 'execute', sql, values),
        );
        this.give(member);
        return rows;
      } catch (error) {
        if (isAnswer(error)) {
          this.give(member);
          throw error;
        }
        this.drop(member);
        this.dropIdle();
        if (!member.used || Date.now() >= until) throw new DatabaseGone(error);
      }
    }
  }

  async take(budgetMs) {
    const until = Date.now() + budgetMs;
    for (;;) {
      const left = until - Date.now();
      if (left <= 0) throw new DatabaseGone(timeOut('waiting for a connection', budgetMs));
      const member = this.idle.pop();
      if (member) {
        if (await this.isAlive(member)) return member;
      } else if (this.count < this.size) {
        return this.connect(left);
      } else {
        await this.turn(left);
      }
    }
  }

  async isAlive(member) {
    if (Date.now() - member.since < freshMs) return true;
    try {
      await within(pingMs, 'the ping', call(member.connection, 'ping'));
      return true;
    } catch (_error) {
      this.drop(member);
      this.dropIdle();
      return false;
    }
  }

  async connect(budgetMs) {
    this.count += 1;
    const connection = mysql.createConnection(this.options);
    const member = { connection, used: false, since: Date.now(), gone: false };
    // The server may hang up at any time, also on a connection that nobody is using.
    connection.on('error', () => this.drop(member));
    connection.on('end', () => this.drop(member));
    try {
      const until = Date.now() + budgetMs;
      await within(budgetMs, 'connecting', call(connection, 'connect'));
      if (this.replicated) await this.mustTakeWrites(connection, until);
      return member;
    } catch (error) {
      this.drop(member);
      throw new DatabaseGone(error);
    }
  }

  /** A replica, or a source that another one has replaced: what it would tell may be old. It hangs up when it becomes one. */
  async mustTakeWrites(connection, until) {
    const [row] = await within(
      Math.max(1, until - Date.now()),
      'asking whether it takes writes',
      call(connection, 'query', 'SELECT @@GLOBAL.read_only AS readOnly'),
    );
    if (Number(row.readOnly) !== 0) throw Object.assign(new Error('it takes no writes'), { code: 'READ_ONLY' });
  }

  give(member) {
    if (member.gone) return;
    if (this.closed) {
      this.drop(member);
      return;
    }
    member.used = true;
    member.since = Date.now();
    this.idle.push(member);
    this.wakeOne();
  }

  drop(member) {
    if (member.gone) return;
    member.gone = true;
    this.count -= 1;
    this.idle = this.idle.filter((other) => other !== member);
    member.connection.destroy();
    this.wakeOne();
  }

  dropIdle() {
    for (const member of this.idle.slice()) this.drop(member);
  }

  /** Resolves when a connection or a place for one may be free, or when the time is over. */
  turn(ms) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter((other) => other !== wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.waiting.push(wake);
    });
  }

  wakeOne() {
    if (this.waiting.length > 0) this.waiting[0]();
  }

  close() {
    this.closed = true;
    this.dropIdle();
  }
}

exports.Pool = Pool;
exports.isAnswer = isAnswer;
exports.pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
exports.DatabaseGone = DatabaseGone;
