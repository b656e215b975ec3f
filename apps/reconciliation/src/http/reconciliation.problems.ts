import { defineProblems } from '@fidelis/http';

export const reportProblems = defineProblems<'instant_in_future' | 'invalid_period'>({
  instant_in_future: 422,
  invalid_period: 422,
});
