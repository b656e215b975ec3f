// For HEALTHCHECK: the image has no curl. Exit 0: this process takes requests.
const port = process.env.FIDELIS_PORT || '8080';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(3000),
  });
  if (!answer.ok) console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
