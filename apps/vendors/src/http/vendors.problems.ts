import { defineProblems } from '@fidelis/http';
import type { VendorAlreadyExists, VendorNotFound } from '../domain/vendor';

export const vendorsProblems = defineProblems<
  VendorAlreadyExists['code'] | VendorNotFound['code'] | 'operation_reused'
>({
  not_found: 404,
  already_exists: 409,
  operation_reused: 422,
});
