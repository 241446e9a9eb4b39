'use strict';

const { DatabaseGone, isAnswer, Pool, pause } = require('./pool.js');

const pace = Number(process.env.PACE || 1);
/** A database that could not serve is asked so often whether it can again. */
const againMs = 250 * pace;
/** A replica takes the source's place in a moment, and requests wait for it. */
const replicaAgainMs = 50 * pace;
/**
 * What another try may mend: two writes met, and this one lost (1213); or the wait for what was acknowledged elsewhere was broken
 * off, for the cluster agrees anew who is left (1205). Nothing of the statement is there.
 */
const passing = new Set([1205, 1213]);

/**
 * What a machine of a cluster says that can't run any statement now: it is no part of a majority (1047), goes down (1053), lost the
 * others while it committed (1180), has no connection left (1040), or has not got the application's account yet (1044, 1045, 1049, 1146).
 */
const notReady = new Set([1040, 1044, 1045, 1047, 1049, 1053, 1146, 1180]);
/** And one of a source and its replica: it takes no writes (1290), or another one has just taken its place (1317, 1927). */
const readOnly = new Set([1290, 1317, 1927]);

/** The server's own answer to a statement, which no other server would answer otherwise. */
const isFinal = (error) =>
  isAnswer(error) && !notReady.has(error.errno) && !readOnly.has(error.errno) && !passing.has(error.errno);

/** The lab's databases, the nearest first. One alone is asked as it is; of several the first that can serve. */
class Databases {
  constructor(settings) {
    this.several = settings.hosts.length > 1;
    this.replicated = settings.replicated;
    // While a cluster finds out that a machine is gone, statements stand still: there must be room for them.
    const size = this.several ? 16 : 8;
    this.nodes = settings.hosts.map((host) => ({
      machine: host,
      pool: new Pool(Object.assign({ size }, settings, { host })),
      gone: false,
      watched: false,
    }));
  }

  /** For one request: everything that it asks shares its budget. */
  ask() {
    return new Asking(this);
  }

  /**
   * Asks a database that did not serve until it does. One that refused is gone at once; one that was slow only when it
   * does not answer now either, for all of a cluster stand still while they agree who is left.
   */
  watch(node, budgetMs, isGone) {
    if (isGone) node.gone = true;
    // What is open there may be from when it took writes.
    if (this.replicated) node.pool.dropIdle();
    if (node.watched) return;
    node.watched = true;
    const look = async () => {
      try {
        await node.pool.run('SELECT 1 FROM entries LIMIT 1', [], budgetMs);
        node.gone = false;
        node.watched = false;
      } catch (_error) {
        node.gone = true;
        setTimeout(look, this.replicated ? replicaAgainMs : againMs).unref();
      }
    };
    look();
  }

  close() {
    for (const { pool } of this.nodes) pool.close();
  }
}

class Asking {
  constructor(databases) {
    this.databases = databases;
    /** The machine whose database answered last. */
    this.machine = undefined;
    this.until = 0;
  }

  /**
   * Runs a prepared statement. May run it more than once, on one machine or on several: only for what may be repeated.
   * `budgetMs` is for the statement; with several databases for the whole request.
   */
  async execute(sql, values, budgetMs) {
    const [first] = this.databases.nodes;
    if (!this.databases.several) return this.told(first, first.pool.execute(sql, values, budgetMs));
    if (this.until === 0) this.until = Date.now() + budgetMs;
    if (this.databases.replicated) return this.executeAtSource(sql, values, budgetMs);
    const able = this.databases.nodes.filter(({ gone }) => !gone);
    let last = new DatabaseGone(new Error('no database can serve'));
    for (const [index, node] of able.entries()) {
      const left = this.until - Date.now();
      if (left <= 0) break;
      // As long as there is another one, half of the time is kept for it.
      const shareMs = index === able.length - 1 ? left : left / 2;
      try {
        return await this.told(node, this.repeated(node, sql, values, Date.now() + shareMs));
      } catch (error) {
        if (isFinal(error)) throw error;
        this.databases.watch(node, budgetMs, error.code !== 'TIMEOUT');
        last = error instanceof DatabaseGone ? error : new DatabaseGone(error);
      }
    }
    throw last;
  }

  /** Where one takes the place of the other, a request waits as long as it has time, for one that takes writes. */
  async executeAtSource(sql, values, budgetMs) {
    let last = new DatabaseGone(new Error('no database takes writes'));
    while (Date.now() < this.until) {
      const node = this.databases.nodes.find(({ gone }) => !gone);
      if (node === undefined) {
        await pause(10);
        continue;
      }
      try {
        return await this.told(node, this.repeated(node, sql, values, this.until));
      } catch (error) {
        if (isFinal(error)) throw error;
        this.databases.watch(node, budgetMs, error.code !== 'TIMEOUT');
        last = error instanceof DatabaseGone ? error : new DatabaseGone(error);
      }
    }
    throw last;
  }

  async repeated(node, sql, values, until) {
    for (;;) {
      try {
        return await node.pool.run(sql, values, Math.max(1, until - Date.now()));
      } catch (error) {
        if (!passing.has(error.errno) || Date.now() >= until) throw error;
        await pause(1 + Math.random() * 20);
      }
    }
  }

  async told(node, answer) {
    try {
      const rows = await answer;
      this.machine = node.machine;
      return rows;
    } catch (error) {
      if (isFinal(error)) this.machine = node.machine;
      throw error;
    }
  }
}

exports.Databases = Databases;
