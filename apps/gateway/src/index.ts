export { EventStream } from '@fidelis/service';
export { openGateway, type Gateway } from './gateway';
export { GatewayModule } from './gateway.module';
export { keepHouse } from './housekeeping';
export { serveReference } from './reference';
