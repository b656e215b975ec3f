import { Controller, Get } from '@nestjs/common';
import { answered, Endpoint, type Answered } from '@fidelis/http';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Fidelis</title>
<style>
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
</style>
<h1>Fidelis</h1>
<p>Loyalty points, from the till to the ledger. The API is under <code>/v1</code>; send
<code>Authorization: Bearer &lt;key&gt;</code>.</p>
<ul>
  <li><a href="/docs">Reference to read and try</a></li>
  <li><a href="/openapi.json">OpenAPI 3.1</a></li>
  <li><a href="/asyncapi.json">AsyncAPI 3</a></li>
  <li><a href="/health/ready">Is it ready?</a></li>
  <li><a href="/metrics">Metrics</a></li>
</ul>
</html>
`;

@Controller()
export class FrontPageController {
  @Get()
  @Endpoint({
    summary: 'A page with the links',
    roles: 'public',
    idempotency: 'none',
    answerTypes: ['text/html'],
  })
  show(): Answered<string> {
    return answered(200, PAGE, { 'content-type': 'text/html; charset=utf-8' });
  }
}
