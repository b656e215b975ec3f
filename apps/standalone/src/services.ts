import type { Type } from '@nestjs/common';
import { AccountsModule, accountsFlow } from '@fidelis/accounts';
import { EarningModule, earningFlow } from '@fidelis/earning';
import { PurchasesModule, purchasesFlow } from '@fidelis/purchases';
import { ReconciliationModule, reconciliationFlow } from '@fidelis/reconciliation';
import { RewardStoreModule, rewardStoreFlow } from '@fidelis/reward-store';
import type { ServiceFlow } from '@fidelis/service';
import { VendorsModule, vendorsFlow } from '@fidelis/vendors';

/** Every service behind the gateway, in the order in which they start. */
export const services: readonly { readonly module: Type; readonly flow: ServiceFlow }[] = [
  { module: AccountsModule, flow: accountsFlow },
  { module: EarningModule, flow: earningFlow },
  { module: RewardStoreModule, flow: rewardStoreFlow },
  { module: PurchasesModule, flow: purchasesFlow },
  { module: VendorsModule, flow: vendorsFlow },
  { module: ReconciliationModule, flow: reconciliationFlow },
];

export const publishers = services.flatMap(({ flow }) =>
  flow.publishes.map(({ publisher }) => publisher),
);
