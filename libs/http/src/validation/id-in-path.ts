import { fieldTypes } from '../fields/field-types';
import { validationFailed } from '../problems/common-problems';

/**
 * The path parameter `name` under which something new may come into being: the same rules as for an
 * id in a body, or a 400. An id that only has to be found needs none: what is wrong is not found.
 */
export function idInPath(id: string, name = 'id'): string {
  const { kind, says, check } = fieldTypes.identifier;
  if (check(id)) return id;
  throw validationFailed([{ pointer: `/${name}`, code: kind, detail: `${name} ${says}` }]);
}
