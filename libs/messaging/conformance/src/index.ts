export { describeMessageBus, type Adapter } from './describe-message-bus';
export type { Abilities, MessageBusHarness, OpenBus } from './harness';
export { NOTES, NoteBook, NoteStruckV1, NoteWrittenV1, notesPublisher, type Note } from './notes';
export { eventually, Gate, Recorder } from './recorder';
