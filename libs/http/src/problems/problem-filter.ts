import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NO_ENDPOINT, NOT_BEGUN_HEADER } from '@fidelis/contracts';
import { Defect } from '@fidelis/kernel';
import { letUploadEnd } from '../edge/let-upload-end';
import { sendProblem } from './send-problem';
import { internalError, toProblem } from './to-problem';

export interface EdgeLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface ProblemFilterOptions {
  readonly log: EdgeLog;
  readonly onDefect: (error: Defect) => void;
  /** A gateway before this process wants to know whether another replica may have the endpoint. */
  readonly tellsMissingEndpoints: boolean;
}

/** Every error of handlers, hooks, router and parser ends here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly options: ProblemFilterOptions) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { log, onDefect, tellsMissingEndpoints } = this.options;
    const problem = toProblem(error);
    const about = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
    };
    if (problem === undefined) log.error({ ...about, err: error }, 'request failed');
    else if (problem.status >= 500) log.warn({ ...about, err: error }, 'request refused for now');
    if (reply.sent) return;
    if (request.is404 && tellsMissingEndpoints) void reply.header(NOT_BEGUN_HEADER, NO_ENDPOINT);
    if (problem?.status === 413) {
      reply.removeHeader('connection');
      letUploadEnd(request.raw);
    }
    sendProblem(request, reply, problem ?? internalError());
    if (error instanceof Defect) onDefect(error);
  }
}
