/** An answer whose status or headers the handler decides: `return answered(201, participant)`. */
export class Answered<Body> {
  constructor(
    readonly status: number,
    readonly body: Body,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** A text body goes out as it is: give it its `content-type`. */
export function answered<Body>(
  status: number,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Answered<Body> {
  return new Answered(status, body, headers);
}
