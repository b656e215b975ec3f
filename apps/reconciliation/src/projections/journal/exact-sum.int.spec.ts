import { sql } from 'kysely';
import { describeOnDatabases } from '@fidelis/infra';
import { exactSum, toExact } from './exact-sum';

describeOnDatabases('an exact sum', (databases) => {
  it.each([
    [['9000000000000000000', '9000000000000000000', '-7'], 17_999_999_999_999_999_993n],
    [['-9000000000000000000', '-9000000000000000000'], -18_000_000_000_000_000_000n],
    [['3', '-5'], -2n],
    [['1000000000', '999999999'], 1_999_999_999n],
  ])('of %j is exact, beyond 64 bits too', async (values, expected) => {
    const rows = sql.join(
      values.map((value) => sql`select cast(${value} as bigint) as amount`),
      sql` union all `,
    );
    const answer = await sql<{ sum: string }>`
      select ${exactSum('amount')} as sum from (${rows}) as amounts`.execute(databases.open());
    expect(toExact(answer.rows[0]?.sum ?? '')).toBe(expected);
  });
});
