export * from './enrolment.decide';
export * from './enrolment.events';
export * from './enrolment.state';
