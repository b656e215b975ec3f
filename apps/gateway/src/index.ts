export { EventStream } from './events/event-stream';
export { openGateway, type Gateway } from './gateway';
export { GatewayModule } from './gateway.module';
export { serveReference } from './reference';
