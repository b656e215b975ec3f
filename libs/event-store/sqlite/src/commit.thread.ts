import type Database from 'better-sqlite3';
import { workerData } from 'node:worker_threads';
import type { CommitAnswer, CommitThreadData } from './commit-link';
import { openForWriting } from './open-database';
import { type Rows, type SqlValue, TABLE_NAMES, TABLES, type TableName } from './tables';

// The thread's entry: it owns the connection that writes, and commits what it is sent in order.
const { file, port, answers } = workerData as CommitThreadData;
let writer: { readonly db: Database.Database; readonly write: (rows: Rows) => void } | undefined;

port.on('message', (message: Rows | 'close') => {
  if (message === 'close') {
    writer?.db.close();
    port.close();
    return;
  }
  const answer = commit(message);
  port.postMessage(answer);
  // Somebody may be waiting without looking at messages: see `CommitLink.waitForAnswer`.
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});

function commit(rows: Rows): CommitAnswer {
  try {
    writer ??= openWriter();
    writer.write(rows);
    return { outcome: 'committed' };
  } catch (error) {
    return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function openWriter() {
  const db = openForWriting(file);
  const inserts = TABLE_NAMES.map((table) => insertInto(db, table));
  const write = db.transaction((rows: Rows) => {
    for (const insert of inserts) insert(rows);
  });
  return {
    db,
    write: (rows: Rows) => {
      write.immediate(rows);
    },
  };
}

function insertInto(db: Database.Database, table: TableName): (rows: Rows) => void {
  const { insert, columns } = TABLES[table];
  const places = new Array<string>(columns).fill('?').join(', ');
  const statement = db.prepare<SqlValue[]>(`${insert} VALUES (${places})`);
  return (rows) => {
    const values = rows[table];
    for (let i = 0; i < values.length; i += columns) {
      statement.run(...values.slice(i, i + columns));
    }
  };
}
