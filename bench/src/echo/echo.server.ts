import 'reflect-metadata';
import { Body, Controller, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EchoRequest } from './echo.dto';

@Controller()
class EchoController {
  @Post('echo')
  echo(@Body() request: EchoRequest): EchoRequest {
    return request;
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

/** Bare Nest on Fastify with the stock ValidationPipe, nothing of the product in it. */
async function main(): Promise<void> {
  const adapter = new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(EchoModule, adapter, {
    logger: ['error', 'fatal'],
  });
  app.useGlobalPipes(new ValidationPipe());
  await app.listen(Number(process.env['PORT']), '127.0.0.1');
  process.send?.('ready');
}

void main();
