import type { DynamicModule, ValueProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { Health, Metrics } from '@fidelis/observability';
import { EventStream, type Platform } from '@fidelis/service';
import { TimeTravel } from './clock/time-travel';
import { LocalEvents } from './events/local-events';
import { PublicEvents } from './events/public-events';
import type { Gateway } from './gateway';
import { ApiKeysController } from './http/api-keys.controller';
import { AsyncApiController } from './http/asyncapi.controller';
import { DeadLettersController } from './http/dead-letters.controller';
import { EventStreamController } from './http/event-stream.controller';
import { FrontPageController } from './http/front-page.controller';
import { HealthController } from './http/health.controller';
import { ParticipantTokensController } from './http/participant-tokens.controller';
import { TestClockController } from './http/test-clock.controller';
import { ApiKeys } from './keys/api-keys';
import { ParticipantTokens } from './keys/participant-tokens';

export interface GatewayParts {
  readonly gateway: Gateway;
  readonly platform: Platform;
  /** Of all services in this process, or what brings those of other processes together. */
  readonly eventStream: EventStream | PublicEvents;
}

/** `Platform` comes from the host, as for every service. */
@Module({})
export class GatewayModule {
  static register({ gateway, platform, eventStream }: GatewayParts): DynamicModule {
    const events = eventStream instanceof EventStream ? new LocalEvents(eventStream) : eventStream;
    const { keys, tokens, health, metrics, testClock, clock } = gateway;
    const values: readonly [ValueProvider['provide'], object][] = [
      [ApiKeys, keys],
      [ParticipantTokens, tokens],
      [Health, health],
      [Metrics, metrics],
      [TimeTravel, new TimeTravel({ testClock, clock, platform })],
      [PublicEvents, events],
    ];
    return {
      module: GatewayModule,
      controllers: [
        FrontPageController,
        HealthController,
        AsyncApiController,
        ApiKeysController,
        ParticipantTokensController,
        TestClockController,
        DeadLettersController,
        EventStreamController,
      ],
      providers: values.map(([provide, useValue]) => ({ provide, useValue })),
    };
  }
}
