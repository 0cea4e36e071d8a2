/**
 * Loaded before a process that another one started with an IPC channel. When the other one dies, even by kill -9, the
 * channel closes, and this process ends the way SIGTERM ends it: work is put down, the database is left.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel alone must not keep the process alive.
process.channel?.unref();
