// Preloaded into servers that tests start (`node --require`, standard input a pipe): they end with
// the process that started them, however that one ends, so no failed run leaves one behind.
const { isMainThread } = require('node:worker_threads');

// Threads inherit what was preloaded, and their standard input is none.
if (isMainThread) {
  process.stdin.on('error', () => undefined);
  process.stdin.once('close', () => process.kill(process.pid, 'SIGKILL'));
  process.stdin.resume();
  // The server's own life is decided by the server.
  process.stdin.unref();
}
